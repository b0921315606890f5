//! docker-compose.yml says what README promises: Postgres and two replicas, each with a health check.

use yaml_rust2::{Yaml, YamlLoader};

fn compose() -> Yaml {
    YamlLoader::load_from_str(&text()).unwrap().remove(0)
}

fn text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docker-compose.yml");
    std::fs::read_to_string(path).unwrap()
}

/// A key of a service, looked up in what it merges (`<<: *shared`) as well.
fn of<'y>(compose: &'y Yaml, service: &str, key: &str) -> &'y Yaml {
    let service = &compose["services"][service];
    if service[key].is_badvalue() { &service["<<"][key] } else { &service[key] }
}

#[test]
fn there_are_a_database_and_two_replicas() {
    let compose = compose();
    let services = compose["services"].as_hash().unwrap();
    let names: Vec<&str> = services.keys().filter_map(Yaml::as_str).collect();
    let replicas: Vec<&str> = names.iter().copied().filter(|name| name.starts_with("firebell")).collect();
    assert_eq!(replicas.len(), 2, "{names:?}");
    for name in &names {
        assert!(!of(&compose, name, "healthcheck")["test"].is_badvalue(), "{name} has no health check");
    }
    for replica in replicas {
        let database = names.iter().find(|name| !name.starts_with("firebell")).unwrap();
        assert_eq!(of(&compose, replica, "depends_on")[*database]["condition"].as_str(), Some("service_healthy"));
        let environment = format!("{:?}", of(&compose, replica, "environment"));
        for name in ["FIREBELL_DATABASE_URL", "FIREBELL_KEY"] {
            assert!(environment.contains(name), "{replica} is not given {name}: {environment}");
        }
    }
}

#[test]
fn no_secret_has_a_default_and_no_port_is_open_to_all() {
    let compose = compose();
    let text = format!("{compose:?}");
    for secret in ["POSTGRES_PASSWORD", "FIREBELL_KEY"] {
        assert!(text.contains(&format!("{secret}:?")), "{secret} is not required from the environment");
    }
    for name in compose["services"].as_hash().unwrap().keys().filter_map(Yaml::as_str) {
        for port in of(&compose, name, "ports").as_vec().into_iter().flatten() {
            let port = port.as_str().unwrap_or_default();
            assert!(port.starts_with("127.0.0.1:"), "{name} publishes {port}");
        }
    }
}

/// The lines for Slack are comments, since nobody has to use it; without their signs they are as good as the others.
#[test]
fn the_variables_for_slack_are_there_to_be_uncommented() {
    let uncommented = text().replace("    # FIREBELL_", "    FIREBELL_");
    let compose = YamlLoader::load_from_str(&uncommented).unwrap().remove(0);
    for replica in ["firebell-1", "firebell-2"] {
        let environment = of(&compose, replica, "environment");
        for what in ["BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET"] {
            let name = firebell::config::SlackConfig::named("main").variable(what);
            let value = environment[name.as_str()].as_str().unwrap_or_default();
            assert!(value.starts_with(&format!("${{{name}:?")), "{replica}: {name} is {value:?}");
        }
    }
    assert!(!format!("{:?}", of(&self::compose(), "firebell-1", "environment")).contains("SLACK"));
}

#[test]
fn the_replicas_run_commands_that_exist() {
    use clap::Parser as _;
    let compose = compose();
    let names = compose["services"].as_hash().unwrap().keys().filter_map(Yaml::as_str);
    for name in names.filter(|name| name.starts_with("firebell")) {
        for words in [of(&compose, name, "command"), &of(&compose, name, "healthcheck")["test"]] {
            let words: Vec<&str> = words.as_vec().unwrap().iter().filter_map(Yaml::as_str).collect();
            let words = words.into_iter().filter(|word| *word != "CMD" && *word != "firebell");
            let parsed = firebell::cli::Cli::try_parse_from(["firebell"].into_iter().chain(words));
            assert!(parsed.is_ok(), "{name}: {}", parsed.unwrap_err());
        }
    }
}
