//! What this crate's own tests begin with.

use axum::{
    http::{HeaderMap, Request, StatusCode, header},
    response::IntoResponse,
};
use bytes::Bytes;
use db::Db;
use kernel::{AccountId, ImageId, ProductId, SkuId};
use tower::ServiceExt;
use web::App;

use crate::{
    catalog::{self, Axis, Contents, Draft, DraftSku, Terms},
    images::{self, Kind},
    store::{Store, tests::open_store},
};

/// A server with a store in it, at the test's morning.
pub(crate) struct Shop {
    pub app: App,
    pub store: Store,
    pub owner: AccountId,
    pub folder: tempfile::TempDir,
}

pub(crate) async fn shop(db: Db, handle: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let app = App::for_tests(db, testkit::morning_clock(), folder.path().to_owned());
    let (store, owner) = open_store(&app.db, handle).await;
    Shop { app, store, owner, folder }
}

/// A small picture as a camera would send it.
pub(crate) fn png(width: u32, height: u32) -> Bytes {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

impl Shop {
    pub async fn picture(&self) -> ImageId {
        let now = self.app.clock.now();
        let store = Some(self.store.id);
        images::upload(&self.app.db, &self.app.files, now, self.owner, store, Kind::Picture, png(8, 8))
            .await
            .unwrap()
    }

    /// Tea in two sizes, with so many pieces of each.
    pub async fn tea(&self, pieces: i64) -> Draft {
        let sizes = ["Small", "Large"];
        let sku = |(place, size): (usize, &&str)| DraftSku {
            choice: vec![(*size).to_owned()],
            terms: Terms {
                price: 500 + 100 * place as i64,
                code: format!("TEA-{place}"),
                ..Default::default()
            },
            stock: Some((0, pieces)),
        };
        Draft {
            contents: Contents {
                title: "Plum tea 梅子茶".into(),
                images: vec![self.picture().await],
                axes: vec![Axis { name: "Size".into(), values: sizes.map(str::to_owned).into() }],
                ..Default::default()
            },
            skus: sizes.iter().enumerate().map(sku).collect(),
        }
    }

    /// That tea on the shelf, and its SKUs.
    pub async fn tea_on_shelf(&self, pieces: i64) -> (ProductId, Vec<SkuId>) {
        let draft = self.tea(pieces).await;
        let (db, now) = (&self.app.db, self.app.clock.now());
        let id = catalog::create(db, now, self.owner, &self.store, draft).await.unwrap();
        catalog::publish(db, now, self.owner, &self.store, id).await.unwrap();
        let shown = catalog::show(&mut db.read().await.unwrap(), self.store.id, id).await.unwrap().unwrap();
        (id, shown.skus.iter().map(|sku| sku.id).collect())
    }

    pub async fn token(&self, account: AccountId) -> String {
        people::tokens::create(&self.app, account, "test", 1).await.unwrap().token
    }

    /// Asks this crate's routes, with everything that stands around them.
    pub async fn ask(&self, request: Request<axum::body::Body>) -> (StatusCode, HeaderMap, Bytes) {
        let (api, _) = crate::api().split_for_parts();
        let router = web::finish(crate::routes().merge(api), self.app.clone());
        let response = router.oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap())
    }

    /// GET as the holder of a token, or as a visitor.
    pub async fn get(&self, path: &str, token: Option<&str>) -> (StatusCode, String) {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let (status, _, body) = self.ask(request.body(axum::body::Body::empty()).unwrap()).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// A form or document, as the holder of a token.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        kind: &str,
        body: impl Into<Bytes>,
    ) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", kind)
            .body(axum::body::Body::from(body.into()))
            .unwrap();
        let (status, headers, body) = self.ask(request).await;
        (status, headers, String::from_utf8_lossy(&body).into_owned())
    }
}

/// The cookie of someone who is signed in.
pub(crate) async fn cookie(app: &App, account: AccountId) -> String {
    let response = (web::session::begin(app, Some(account)).await.unwrap(), "").into_response();
    response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// A multipart form: texts, then files.
pub(crate) fn multipart(texts: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(
            format!("--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes(),
        );
    }
    for (name, bytes) in files {
        let head = format!(
            "--XX\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"../../x.png\"\r\ncontent-type: image/png\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    ("multipart/form-data; boundary=XX".into(), body)
}
