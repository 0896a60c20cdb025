//! A timestamp authority made by openssl: a judge of what is taken as a timestamp.

#![allow(dead_code, reason = "each test crate uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What an authority is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Key of the root, and of an authority between: `rsa:2048`, `ec:P-256`.
    pub authority: &'static str,
    /// The signer's key.
    pub signer: &'static str,
    /// What signs certificates and tokens: `sha256`.
    pub digest: &'static str,
    /// What names the signer's certificate in a token.
    pub named_by: &'static str,
    /// Whether an authority stands between root and signer.
    pub between: bool,
    /// The signer's extended key usage.
    pub usage: &'static str,
    /// How long the signer's certificate is valid; below nothing: it ended before it began.
    pub days: i32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            authority: "ec:P-256",
            signer: "ec:P-256",
            digest: "sha256",
            named_by: "sha256",
            between: false,
            usage: "critical,timeStamping",
            days: 3650,
        }
    }
}

/// An authority, its keys and certificates lying in a folder.
#[derive(Clone, Debug)]
pub struct Authority {
    folder: PathBuf,
    digest: &'static str,
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("openssl can be run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "openssl {}: {said}", arguments.join(" "));
    output
}

impl Authority {
    /// Makes one. The folder must be there.
    pub fn make(folder: &Path, plan: &Plan) -> Self {
        let text = format!(
            "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = Test Root\n\
             [root]\nbasicConstraints = critical,CA:true\nkeyUsage = critical,keyCertSign,cRLSign\n\
             subjectKeyIdentifier = hash\n\
             [tsa_cert]\nbasicConstraints = critical,CA:false\nkeyUsage = critical,digitalSignature\n\
             extendedKeyUsage = {}\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n\
             [tsa]\ndefault_tsa = tsa_config\n[tsa_config]\nserial = serial\ndefault_policy = 1.2.3.4.1\n\
             digests = sha256, sha384, sha512\ness_cert_id_alg = {}\nordering = no\ntsa_name = no\n\
             ess_cert_id_chain = no\naccuracy = secs:1\n",
            plan.usage, plan.named_by
        );
        let write = |name: &str, text: &str| {
            std::fs::write(folder.join(name), text).expect("it can be written");
        };
        write("openssl.cnf", &text);
        let digest = format!("-{}", plan.digest);
        Self::key(folder, "root", plan.authority);
        let root = ["req", "-x509", "-new", "-config", "openssl.cnf", "-extensions", "root"];
        let root = [&root[..], &["-key", "root.key", &digest, "-days", "3650", "-out", "root.pem"]];
        openssl(folder, &root.concat());
        let mut by = "root";
        if plan.between {
            Self::key(folder, "between", plan.authority);
            Self::certify(folder, "between", "/CN=Test Between", by, "root", &digest, 3650);
            by = "between";
        }
        Self::key(folder, "tsa", plan.signer);
        Self::certify(folder, "tsa", "/CN=Test TSA", by, "tsa_cert", &digest, plan.days);
        let chain = if plan.between {
            std::fs::read_to_string(folder.join("between.pem")).expect("it was made")
        } else {
            String::new()
        };
        write("chain.pem", &chain);
        Self { folder: folder.to_owned(), digest: plan.digest }
    }

    fn key(folder: &Path, name: &str, kind: &str) {
        let (algorithm, size) = kind.split_once(':').expect("kind and size");
        let size = match algorithm {
            "rsa" => format!("rsa_keygen_bits:{size}"),
            _ => format!("ec_paramgen_curve:{size}"),
        };
        let out = format!("{name}.key");
        let options = ["genpkey", "-algorithm", algorithm, "-pkeyopt", &size, "-out", &out];
        openssl(folder, &options);
    }

    fn certify(
        folder: &Path,
        name: &str,
        subject: &str,
        by: &str,
        extensions: &str,
        digest: &str,
        days: i32,
    ) {
        let (key, request, out) =
            (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let (ca, ca_key, days) = (format!("{by}.pem"), format!("{by}.key"), days.to_string());
        let ask = ["req", "-new", "-config", "openssl.cnf", "-subj", subject, "-key", &key];
        openssl(folder, &[&ask[..], &["-out", &request]].concat());
        let sign = ["x509", "-req", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-days", &days];
        let more = ["-CAcreateserial", "-extfile", "openssl.cnf", "-extensions", extensions];
        openssl(folder, &[&sign[..], &more, &[digest, "-out", &out]].concat());
    }

    /// The root certificates, as PEM.
    pub fn roots(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// A certificate of the authority as PEM: `root`, `between`, `tsa`.
    pub fn certificate(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(format!("{name}.pem"))).expect("it was made")
    }

    /// The answer to a request.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (ask, answer) = (format!("{number}.tsq"), format!("{number}.tsr"));
        std::fs::write(self.folder.join(&ask), query).expect("it can be written");
        let digest = format!("-{}", self.digest);
        let reply = ["ts", "-reply", "-config", "openssl.cnf", "-queryfile", &ask, &digest];
        let more = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-chain", "chain.pem"];
        openssl(&self.folder, &[&reply[..], &more, &["-out", &answer]].concat());
        std::fs::read(self.folder.join(&answer)).expect("openssl answered")
    }

    /// A request by openssl itself, over bytes hashed with `digest`.
    pub fn query(&self, over: &[u8], digest: &str) -> Vec<u8> {
        std::fs::write(self.folder.join("data"), over).expect("it can be written");
        let digest = format!("-{digest}");
        openssl(&self.folder, &["ts", "-query", "-data", "data", &digest, "-cert"]).stdout
    }
}

/// Whether openssl takes a file as a timestamp over another.
pub fn openssl_verifies(data: &Path, response: &Path, roots: &Path) -> bool {
    let path = |path: &Path| path.to_str().expect("a path of ASCII").to_owned();
    let output = Command::new("openssl")
        .args(["ts", "-verify", "-data", &path(data), "-in", &path(response)])
        .args(["-CAfile", &path(roots)])
        .output()
        .expect("openssl can be run");
    output.status.success()
}
