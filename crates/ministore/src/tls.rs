//! HTTPS in the binary: a phone opens its camera only there, and only there browsers speak HTTP/2. The certificate
//! comes from files that whoever renews it may replace under us, or is made up for the demo.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

use crate::cli::Outcome;

/// How often the files are looked at: a renewed certificate serves within this time, without a restart.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What is needed to speak TLS.
#[derive(Clone)]
pub struct Tls {
    pub acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
}

impl Tls {
    /// From a chain and its key in two PEM files.
    pub fn from_files(chain: &Path, key: &Path) -> Outcome<Self> {
        let files = Files { chain: chain.to_owned(), key: key.to_owned() };
        let (current, changed) = (files.load()?, files.changed());
        Self::new(Certificate { files: Some(files), current: RwLock::new((Arc::new(current), changed)) })
    }

    /// A made-up certificate for this machine by name, and for its address in the network, which a phone would use.
    /// Browsers warn of it, and that is right.
    pub fn self_signed(reachable: IpAddr) -> Outcome<Self> {
        let names = ["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string(), reachable.to_string()];
        let made = rcgen::generate_simple_self_signed(names)?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
        let current = CertifiedKey::from_der(vec![made.cert.der().clone()], key, &provider())?;
        Self::new(Certificate { files: None, current: RwLock::new((Arc::new(current), None)) })
    }

    fn new(certificate: Certificate) -> Outcome<Self> {
        let certificate = Arc::new(certificate);
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }

    /// Takes up changed files until the server ends. A broken pair is told in the log and the old one stays.
    pub async fn follow_files(self) {
        let Some(files) = &self.certificate.files else { return };
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.certificate.take_up(files);
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificate in use, which may be replaced while connections go on.
#[derive(Debug)]
struct Certificate {
    files: Option<Files>,
    /// With the time its files were last changed.
    current: RwLock<(Arc<CertifiedKey>, Option<SystemTime>)>,
}

impl Certificate {
    fn take_up(&self, files: &Files) {
        let changed = files.changed();
        if changed == self.current.read().unwrap_or_else(PoisonError::into_inner).1 {
            return;
        }
        match files.load() {
            Ok(key) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = (Arc::new(key), changed);
                tracing::info!("the renewed certificate is in use");
            }
            Err(error) => {
                tracing::warn!(%error, "the certificate changed but cannot be used; the old one stays")
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).0.clone())
    }
}

#[derive(Debug)]
struct Files {
    chain: PathBuf,
    key: PathBuf,
}

impl Files {
    fn load(&self) -> Outcome<CertifiedKey> {
        let named = |file: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let chain = CertificateDer::pem_file_iter(&self.chain)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| named(&self.chain, &error))?;
        if chain.is_empty() {
            return Err(named(&self.chain, &"there is no certificate in it").into());
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| named(&self.key, &error))?;
        Ok(CertifiedKey::from_der(chain, key, &provider()).map_err(|error| named(&self.key, &error))?)
    }

    /// When one of the two was last written; none if that cannot be told now, as in the middle of a renewal.
    fn changed(&self) -> Option<SystemTime> {
        let time = |file: &Path| std::fs::metadata(file).and_then(|it| it.modified()).ok();
        time(&self.chain).max(time(&self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, seconds: u64) -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed(["shop.example".to_owned()]).unwrap();
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (name, text) in [("chain.pem", made.cert.pem()), ("key.pem", made.signing_key.serialize_pem())] {
            std::fs::write(folder.join(name), text).unwrap();
            std::fs::File::options()
                .write(true)
                .open(folder.join(name))
                .unwrap()
                .set_modified(written)
                .unwrap();
        }
        made.cert.der().to_vec()
    }

    fn in_use(tls: &Tls) -> Vec<u8> {
        tls.certificate.current.read().unwrap().0.cert[0].to_vec()
    }

    #[test]
    fn renewed_files_are_taken_up_and_broken_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let first = write(folder.path(), 1_000);
        let tls = Tls::from_files(&chain, &key).unwrap();
        assert_eq!(in_use(&tls), first);
        let files = tls.certificate.files.as_ref().unwrap();

        let second = write(folder.path(), 2_000);
        tls.certificate.take_up(files);
        assert_eq!(in_use(&tls), second);

        std::fs::write(&key, "no key").unwrap();
        tls.certificate.take_up(files);
        assert_eq!(in_use(&tls), second);
    }

    #[test]
    fn what_is_wrong_with_a_pair_is_told_with_the_files_name() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let refused = || Tls::from_files(&chain, &key).err().unwrap().to_string();
        assert!(refused().contains("chain.pem"), "{}", refused());
        write(folder.path(), 1_000);
        std::fs::write(&chain, "").unwrap();
        assert!(refused().contains("there is no certificate in it"), "{}", refused());
        write(folder.path(), 1_000);
        let other = rcgen::KeyPair::generate().unwrap();
        std::fs::write(&key, other.serialize_pem()).unwrap();
        assert!(refused().contains("key.pem"), "{}", refused());
    }
}
