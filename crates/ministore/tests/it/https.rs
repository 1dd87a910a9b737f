//! The server speaks HTTPS by itself when it is given a certificate.

use std::{net::SocketAddr, path::Path, sync::Arc};

use kernel::Clock;
use ministore::settings::Settings;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
    },
};

fn write_pair(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("chain.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// A browser that trusts this certificate alone and speaks these protocols.
fn browser(trusted: CertificateDer<'static>, protocols: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn get(mut connection: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

#[tokio::test]
async fn with_a_certificate_there_is_https_and_plain_http_is_sent_there() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = write_pair(folder.path());
    let mut settings = Settings::default();
    settings.server.listen = "127.0.0.1:0".into();
    settings.tls.certificate = folder.path().join("chain.pem");
    settings.tls.key = folder.path().join("key.pem");
    let running = ministore::start(folder.path(), &settings, false, Clock::system()).await.unwrap();
    let (address, name) = (running.address, ServerName::try_from("localhost").unwrap());

    let modern = browser(trusted.clone(), &["h2", "http/1.1"]);
    let agreed = modern.connect(name.clone(), connect(address).await).await.unwrap();
    assert_eq!(agreed.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    drop(agreed);

    let simple = browser(trusted, &["http/1.1"]).connect(name, connect(address).await).await.unwrap();
    let page = get(simple, "/sign-in").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("strict-transport-security"), "{page}");
    // Whoever is given a cookie here must not send it over plain HTTP.
    assert!(page.lines().filter(|line| line.starts_with("set-cookie")).all(|line| line.contains("Secure")));

    let sent_on = get(connect(address).await, "/s/tea?a=1").await;
    assert!(sent_on.starts_with("HTTP/1.1 307"), "{sent_on}");
    assert!(sent_on.contains(&format!("location: https://{address}/s/tea?a=1")), "{sent_on}");
    running.stop().await;
}
