//! Servers that do not prove who they are.

use std::sync::{Arc, Mutex};

use tokio::{io::AsyncReadExt as _, net::TcpListener};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};
use weekwise_app::{AccountError, AuthError, Trouble};

use super::*;

/// Takes connections with a certificate that it signed itself for these names. What is sent to it is written down; none where
/// somebody hung up before that.
async fn listen(names: &[&str], heard: Arc<Mutex<Vec<Option<Vec<u8>>>>>) -> u16 {
    let own = rcgen::generate_simple_self_signed(names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let said = match acceptor.accept(stream).await {
                Ok(mut stream) => {
                    let mut said = Vec::new();
                    // Until it hangs up, however it does that.
                    let _ = stream.read_to_end(&mut said).await;
                    Some(said)
                }
                Err(_) => None,
            };
            heard.lock().unwrap().push(said);
        }
    });
    port
}

#[tokio::test]
async fn a_server_that_signs_for_itself_is_told_in_plain_words_and_hears_nothing() {
    let heard = Arc::default();
    let port = listen(&["127.0.0.1", "localhost"], Arc::clone(&heard)).await;
    let folder = tempfile::tempdir().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let origin = Origin::parse(&format!("https://{host}:{port}")).unwrap();
        let failed =
            sign_in(&root(&folder), &Sessions::default(), credentials(&origin, "ada@week.example")).await.unwrap_err();
        let AccountError::Server(AuthError::Trouble(trouble)) = &failed else { panic!("{failed:?}") };
        assert!(matches!(trouble, Trouble::NotProven { .. }), "{trouble:?}");
        let said = trouble.to_string();
        assert!(said.starts_with(&format!("https://{host}:{port} does not prove that it is that server (")), "{said}");
        assert!(said.contains("nobody whom this system trusts") && said.contains("nothing was sent"), "{said}");
    }
    let heard: Vec<Option<Vec<u8>>> = heard.lock().unwrap().clone();
    assert!(!heard.is_empty(), "it was asked");
    for said in heard {
        // The client may end its own half first, and say only that.
        assert!(
            said.as_ref().is_none_or(Vec::is_empty),
            "{:?}",
            said.map(|it| String::from_utf8_lossy(&it).into_owned())
        );
    }
    assert!(!folder.path().join("data/accounts").exists());
}
