use axum::http::{Request, StatusCode};
use bytes::Bytes;
use db::Db;
use kernel::ImageId;
use testkit::db_test;
use web::Viewer;

use super::*;
use crate::{
    store::tests::account,
    testing::{Shop, multipart, png, shop},
};

async fn upload_as(shop: &Shop, kind: Kind, bytes: Bytes) -> Result<ImageId, UploadError> {
    let (store, now) = (Some(shop.store.id), shop.app.clock.now());
    upload(&shop.app.db, &shop.app.files, now, shop.owner, store, kind, bytes).await
}

/// A PNG whose header claims a size that its data does not have.
fn claims(width: u32, height: u32) -> Bytes {
    let mut bytes = png(2, 2).to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes.into()
}

/// A JPEG taken with the camera on its side: EXIF orientation 6, and a word that must not get out.
fn sideways(width: u32, height: u32) -> Bytes {
    let mut plain = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut plain, image::ImageFormat::Jpeg).unwrap();
    let plain = plain.into_inner();
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(b"SECRET-PLACE");
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(((exif.len() + 2) as u16).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes.into()
}

#[db_test]
async fn a_picture_is_made_anew_upright_and_without_what_the_camera_wrote(db: Db) {
    let shop = shop(db, "plum").await;
    let id = upload_as(&shop, Kind::Picture, sideways(600, 400)).await.unwrap();
    let image = get(&mut shop.app.db.read().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!((image.width, image.height), (400, 600));
    for size in SIZES {
        let request =
            Request::get(format!("/media/{id}/{size}.webp")).body(axum::body::Body::empty()).unwrap();
        let (status, headers, body) = shop.ask(request).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["content-type"], "image/webp");
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert!(!body.windows(6).any(|part| part == b"SECRET"));
        let served = image::load_from_memory(&body).unwrap();
        assert_eq!(served.height(), size.min(600), "a smaller picture is not blown up");
        let again =
            Request::get(format!("/media/{id}/{size}.webp")).header("if-none-match", &headers["etag"]);
        let (status, _, body) = shop.ask(again.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    }
}

#[db_test]
async fn what_is_no_picture_or_a_bomb_is_refused(db: Db) {
    let shop = shop(db, "plum").await;
    let whole = png(50, 50);
    let cases: Vec<(&str, Bytes, Unreadable)> = vec![
        ("nothing", Bytes::new(), Unreadable::Format),
        ("html", Bytes::from_static(b"<html><script>alert(1)</script>"), Unreadable::Format),
        ("svg", Bytes::from_static(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Unreadable::Format),
        ("gif", Bytes::from_static(b"GIF89a\x01\0\x01\0\0\0\0;"), Unreadable::Format),
        ("half a file", whole.slice(..whole.len() / 2), Unreadable::Broken),
        ("a header alone", whole.slice(..33), Unreadable::Broken),
        ("400 megapixels", claims(19_999, 19_999), Unreadable::TooManyPixels),
        ("a line of 4 billion", claims(u32::MAX >> 1, 1), Unreadable::TooManyPixels),
    ];
    for (name, bytes, wanted) in cases {
        match upload_as(&shop, Kind::Picture, bytes).await {
            Err(UploadError::Unreadable(found)) => assert_eq!(found, wanted, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let large = upload_as(&shop, Kind::Picture, vec![0u8; 10 * 1024 * 1024 + 1].into()).await;
    assert!(matches!(large, Err(UploadError::TooLarge)));
    let count: i64 = shop.app.db.read().await.unwrap().one("select count(*) from images", &[]).await.unwrap();
    assert_eq!(count, 0);
}

#[db_test]
async fn no_address_leads_out_of_the_store_of_files(db: Db) {
    let shop = shop(db, "plum").await;
    let id = upload_as(&shop, Kind::Picture, png(4, 4)).await.unwrap();
    std::fs::write(shop.folder.path().join("800.webp"), "secret").unwrap();
    for path in [
        format!("/media/{id}/801.webp"),
        format!("/media/{id}/800.png"),
        format!("/media/{id}/..%2f800.webp"),
        "/media/..%2f..%2f/800.webp".into(),
        "/media/%2e%2e/800.webp".into(),
        format!("/media/private-{id}/800.webp"),
        format!("/media/{}/800.webp", ImageId::new()),
    ] {
        assert_eq!(shop.get(&path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[db_test]
async fn a_licence_is_seen_by_its_owner_and_the_operator_alone(db: Db) {
    let shop = shop(db, "plum").await;
    let licence = upload_as(&shop, Kind::Licence, png(4, 4)).await.unwrap();
    let evidence = upload_as(&shop, Kind::Evidence, png(4, 4)).await.unwrap();
    let stranger = account(&shop.app.db, "who@example.com").await;
    let clerk = people::roles::appoint(
        &shop.app.db,
        shop.app.clock.now(),
        shop.owner,
        shop.store.id,
        "clerk@example.com",
        people::roles::Role::Clerk,
    );
    let clerk = clerk.await.unwrap();
    let viewer = |account_id, operator| Viewer { account_id, name: String::new(), operator };
    let mut read = shop.app.db.read().await.unwrap();
    let (licence_row, evidence_row) =
        (get(&mut read, licence).await.unwrap().unwrap(), get(&mut read, evidence).await.unwrap().unwrap());
    for (who, sees_licence, sees_evidence) in [
        (viewer(shop.owner, false), true, true),
        (viewer(stranger, false), false, false),
        (viewer(stranger, true), true, true),
        (viewer(clerk, false), false, true),
    ] {
        assert_eq!(may_see(&mut read, &licence_row, &who).await.unwrap(), sees_licence, "{who:?}");
        assert_eq!(may_see(&mut read, &evidence_row, &who).await.unwrap(), sees_evidence, "{who:?}");
    }
    drop(read);
    assert_eq!(shop.get(&format!("/media/{licence}/800.webp"), None).await.0, StatusCode::NOT_FOUND);
}

#[db_test]
async fn a_picture_comes_in_over_the_api(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let path = "/api/v1/stores/plum/images";
    let (kind, body) = multipart(&[], &[("file", &png(4, 4))]);
    let (status, _, answer) = shop.send("POST", path, &token, &kind, body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    for (texts, files, wanted) in [
        (vec![("file2", "x")], vec![], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![], vec![("file", &b"no picture"[..])], StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (kind, body) = multipart(&texts, &files);
        let (status, _, answer) = shop.send("POST", path, &token, &kind, body).await;
        assert_eq!(status, wanted, "{answer}");
        assert!(answer.contains("\"field\":\"file\""), "{answer}");
    }
}
