//! Whether a folder is one that some service keeps in step with other places: a cloud drive, or
//! the roaming profile of a Windows domain.
//!
//! A record book can't live there. Slots that were overwritten to forget stay among the
//! service's older versions; and when two machines have the folder, both write, and the book
//! is two books from then on. So such a home is refused unless somebody insists.
//!
//! What this doesn't find: a service that leaves no mark and has no usual name; folders such as
//! Desktop and Documents that a setting has put under such a service without moving them;
//! backup programs and snapshots.

use std::ffi::OsString;
use std::path::Path;

use super::WorkError;

/// The option that goes on all the same.
const OPTION: &str = "--allow-synced-folder";

/// The services whose folder goes by a name of its own, in lower case: alone, or with
/// something behind it that begins with one of ` - `, ` (` or `-`.
const NAMES: [(&str, &str); 10] = [
    ("onedrive", "OneDrive"),
    ("dropbox", "Dropbox"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("iclouddrive", "iCloud Drive"),
    ("icloud drive", "iCloud Drive"),
    ("nextcloud", "Nextcloud"),
    ("owncloud", "ownCloud"),
    ("box sync", "Box"),
    ("pclouddrive", "pCloud"),
];

/// Variables in which a service says where its folder is.
const VARIABLES: [(&str, &str); 4] = [
    ("OneDrive", "OneDrive"),
    ("OneDriveCommercial", "OneDrive"),
    ("OneDriveConsumer", "OneDrive"),
    ("APPDATA", ROAMING),
];

/// Files and folders that a service keeps in the folder that it syncs.
const MARKS: [(&str, &str); 7] = [
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".tmp.driveupload", "Google Drive"),
    (".stfolder", "Syncthing"),
];

const ROAMING: &str = "the roaming profile of Windows";

/// The service that keeps this folder in step, as far as its path, the environment and the
/// marks in the folders above it tell. `variable` looks up the environment, `is_there` a path.
#[must_use]
pub fn service(
    path: &Path,
    variable: &dyn Fn(&str) -> Option<OsString>,
    is_there: &dyn Fn(&Path) -> bool,
) -> Option<&'static str> {
    let parts = parts(&path.to_string_lossy());
    by_name(&parts).or_else(|| by_variable(&parts, variable)).or_else(|| {
        let marked = |(mark, _): &&(&str, &str)| {
            path.ancestors().any(|above| is_mark(above, mark) && is_there(&above.join(mark)))
        };
        MARKS.iter().find(marked).map(|(_, service)| *service)
    })
}

/// `~/.dropbox` is where the program keeps its settings, on every machine that has it.
fn is_mark(above: &Path, mark: &str) -> bool {
    let home = parts(&above.to_string_lossy());
    let is_persons = matches!(home.as_slice(), [users, _] if users == "home" || users == "users")
        || matches!(home.as_slice(), [root] if root == "root")
        || matches!(home.as_slice(), [_, users, _] if users == "users");
    mark != ".dropbox" || !is_persons
}

/// The names in a path of any system, in lower case.
fn parts(path: &str) -> Vec<String> {
    let names = path.split(['/', '\\']).filter(|name| !name.is_empty() && *name != ".");
    names.map(str::to_lowercase).collect()
}

fn by_name(parts: &[String]) -> Option<&'static str> {
    for (at, name) in parts.iter().enumerate() {
        if let Some(service) = named(name) {
            return Some(service);
        }
        let before = at.checked_sub(1).and_then(|at| parts.get(at)).map_or("", String::as_str);
        match (before, name.as_str()) {
            ("appdata", "roaming") => return Some(ROAMING),
            ("library", "mobile documents") => return Some("iCloud Drive"),
            ("library", "cloudstorage") => {
                let service = parts.get(at + 1).and_then(|name| named(name));
                return service.or(Some("a cloud service"));
            }
            // Where Google gives its drive a letter.
            (drive, "my drive" | "shared drives") if drive.ends_with(':') => {
                return Some("Google Drive");
            }
            // A word that many folders have: only where the program puts it.
            (_, "box") if at.checked_sub(2).is_some_and(|at| is_users(&parts[at])) => {
                return Some("Box");
            }
            _ => {}
        }
    }
    None
}

/// The service whose folder goes by that name.
fn named(name: &str) -> Option<&'static str> {
    let is = |known: &str| {
        name.strip_prefix(known).is_some_and(|rest| {
            rest.is_empty() || [" - ", " (", "-"].iter().any(|mark| rest.starts_with(mark))
        })
    };
    NAMES.iter().find(|(known, _)| is(known)).map(|(_, service)| *service)
}

fn is_users(name: &str) -> bool {
    name == "users" || name == "home"
}

fn by_variable(
    path: &[String],
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Option<&'static str> {
    let named = |(name, _): &&(&str, &str)| {
        let folder = variable(name).map(|value| parts(&value.to_string_lossy()));
        folder.is_some_and(|folder| !folder.is_empty() && path.starts_with(&folder))
    };
    VARIABLES.iter().find(named).map(|(_, service)| *service)
}

/// The same for this machine, with links followed as far as the path exists.
#[must_use]
pub fn service_here(path: &Path) -> Option<&'static str> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let look = |path: &Path| {
        service(path, &|name| std::env::var_os(name), &|path| path.symlink_metadata().is_ok())
    };
    look(&whole).or_else(|| look(&super::home::settled(&whole)))
}

/// Refuses to make something in such a folder, unless it is allowed.
///
/// # Errors
/// When a service keeps it in step.
pub fn refuse(path: &Path, what: &str, allowed: bool) -> Result<(), WorkError> {
    match service_here(path) {
        Some(service) if !allowed => Err(WorkError::refused(
            format!(
                "{} lies in a folder that {service} keeps in step with other places, where {what} \
                 can't forget and may become two",
                path.display()
            ),
            format!(
                "name a folder on this machine's own disk; {OPTION} goes on all the same \
                 (docs/guide/backing-up.md says what that costs)"
            ),
        )),
        _ => Ok(()),
    }
}

/// What to tell whoever has a record book in such a folder.
#[must_use]
pub fn warning(home: &Path) -> Option<String> {
    let service = service_here(home)?;
    Some(format!(
        "WARNING: this record book lies in a folder that {service} keeps in step with other places \
         ({}). What is erased here stays among its older versions, and two machines that write make \
         two books. Back it up with `probity backup`, then restore it on this machine's own disk.",
        home.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn found(path: &str, variables: &[(&str, &str)], marks: &[&str]) -> Option<&'static str> {
        let variable = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| OsString::from(value))
        };
        let marks: Vec<PathBuf> = marks.iter().map(PathBuf::from).collect();
        service(Path::new(path), &variable, &|path| marks.iter().any(|mark| mark == path))
    }

    #[test]
    fn folders_of_services_are_known_by_their_names_on_every_system() {
        for (path, service) in [
            (r"C:\Users\office\OneDrive\probity", "OneDrive"),
            (r"C:\Users\office\OneDrive - Hillside Primary School\Documents\probity", "OneDrive"),
            (r"c:\users\office\onedrive - hillside\probity", "OneDrive"),
            (r"C:\Users\office\Dropbox (Hillside)\probity", "Dropbox"),
            (r"G:\My Drive\records", "Google Drive"),
            (r"G:\Shared drives\Office\records", "Google Drive"),
            (r"C:\Users\office\Google Drive\records", "Google Drive"),
            (r"C:\Users\office\iCloudDrive\records", "iCloud Drive"),
            (r"C:\Users\office\Box\records", "Box"),
            (r"C:\Users\office\Nextcloud\records", "Nextcloud"),
            (r"C:\Users\office\AppData\Roaming\probity", ROAMING),
            (r"\\server\profiles\office\AppData\Roaming\probity", ROAMING),
            ("/Users/office/Library/CloudStorage/OneDrive-Hillside/probity", "OneDrive"),
            (
                "/Users/office/Library/CloudStorage/GoogleDrive-office@hillside.example/My Drive",
                "Google Drive",
            ),
            ("/Users/office/Library/CloudStorage/Egnyte/probity", "a cloud service"),
            ("/Users/office/Library/Mobile Documents/com~apple~CloudDocs/probity", "iCloud Drive"),
            ("/Users/office/Dropbox/probity", "Dropbox"),
            ("/Users/office/Box Sync/probity", "Box"),
            ("/home/office/Nextcloud/probity", "Nextcloud"),
            ("/home/office/ownCloud/probity", "ownCloud"),
            ("/home/office/Dropbox/probity", "Dropbox"),
            ("/home/office/pCloudDrive/probity", "pCloud"),
        ] {
            assert_eq!(found(path, &[], &[]), Some(service), "{path}");
        }
    }

    #[test]
    fn other_folders_are_nobodys() {
        for path in [
            r"C:\Users\office\AppData\Local\probity",
            r"C:\Users\office\Documents\probity",
            r"D:\records\box\probity",
            r"D:\Shared drives of the office\probity",
            "/Users/office/Library/Application Support/probity",
            "/home/office/.local/share/probity",
            "/home/office/records/box/probity",
            "/home/office/dropboxes/probity",
            "/srv/roaming/probity",
            "/home/office/onedriver/probity",
        ] {
            assert_eq!(found(path, &[("OneDrive", ""), ("APPDATA", "")], &[]), None, "{path}");
        }
    }

    #[test]
    fn the_environment_says_where_a_folder_with_another_name_is() {
        let variables = [("OneDriveCommercial", r"D:\Cloud"), ("APPDATA", r"E:\Profiles\office")];
        assert_eq!(found(r"d:\cloud\probity", &variables, &[]), Some("OneDrive"));
        assert_eq!(found(r"D:\Clouds\probity", &variables, &[]), None);
        assert_eq!(found(r"E:\Profiles\office\probity", &variables, &[]), Some(ROAMING));
    }

    #[test]
    fn a_mark_in_a_folder_above_tells() {
        let marks = ["/srv/team/.dropbox", "/data/sync/.stfolder"];
        assert_eq!(found("/srv/team/office/probity", &[], &marks), Some("Dropbox"));
        assert_eq!(found("/data/sync/probity", &[], &marks), Some("Syncthing"));
        assert_eq!(found("/data/probity", &[], &marks), None);
        // The program's own settings, and not its folder.
        assert_eq!(found("/home/office/probity", &[], &["/home/office/.dropbox"]), None);
    }
}
