//! Words that mark a name, value or file as a secret, and words that mark it as something else.
//!
//! Collected from names and values in public repositories.

use super::Words;

/// Last words of names of a property of a secret, such as its name, file or lifetime.
pub(crate) static PROPERTIES: Words = Words::new(
    "
    name names id ids version versions ref refs arn path paths project manager size length env alias ring vault
    prefix suffix field column file files type algorithm usage dir directory mount location url uri endpoint host
    issuer audience scope scopes realm domain server ttl expiry expires expiration expire timeout len limit count
    max min age rotation interval seconds minutes days hours ms enabled enable disabled required enforced policy
    mode method header param format provider strategy class store backend engine resource label labels annotations
    prompt string hint text message title description placeholder question config iam bindings keys validator hasher reset rate map list accessor accessors bucket topic region
    script scripts profile job jobs flag flags basename",
);

/// Words that, in front of `key`, name a key that is not secret.
pub(crate) static PLAIN_KEYS: Words = Words::new(
    "
    public pub publishable site anon primary foreign sort partition cache idempotency routing object bucket",
);

/// Words that, in front of `token`, name a unit of text of a language model.
pub(crate) static COUNTED_TOKENS: Words = Words::new(
    "
    max min num total input output prompt completion context",
);

/// Words that, after `secret`, name a store or a property of secrets.
pub(crate) static AROUND_SECRETS: Words = Words::new(
    "
    manager store provider backend engine name id version",
);

/// Words in names of made-up secrets and of tools for tokens, which are not secrets.
pub(crate) static MADE_UP: Words = Words::new(
    "
    test dummy fake mock example sample publishable tokenizer tokenizers",
);

/// Words that, among words for secrets and numbers, make a value one of tests or demonstrations.
pub(crate) static OF_TESTS: Words = Words::new(
    "
    test tests testing dummy fake mock demo sample example integration unit fixture only",
);

/// Words that name a secret by themselves.
pub(crate) static SECRETS: Words = Words::new(
    "
    password passwd passphrase pwd pass secret secrets token tokens apikey credential credentials creds secretkey
    accesskey privatekey authtoken accesstoken dbpassword dbpass",
);

/// Words that, in front of `key` or `secret`, name a secret.
pub(crate) static BEFORE_KEY: Words = Words::new(
    "
    api private access secret encryption signing master session jwt hmac cookie csrf flask django rails nextauth
    app",
);

/// Parts of placeholders, which are not secrets themselves; blanks and dashes are written as `_`.
pub(crate) static PLACEHOLDERS: Words = Words::new(
    "
    example sample dummy fake placeholder redacted removed hidden masked change_me changeme change_it change_this
    replace_me replaceme replace_with fixme todo tbd fill_in insert set_me update_me xxx *** ... build_only
    buildonly build_time not_a_real notreal not_used unused ignored none key_here token_here password_here
    secret_here value_here suasenha sua_senha minhasenha minha_senha senhasegura tucontras tu_contras micontras
    votremotdepasse motdepasse votre_mot deinpasswort dein_passwort ihrpasswort lorem foobar secret_name todo_",
);

/// Words that, beside the word for a secret, make a value a description of one.
pub(crate) static DESCRIBING: Words = Words::new(
    "
    generated random randomly temporary initial new old value data text string a an the this that is of for from and
    sensitive here enter",
);

/// Values that are switches or settings, not secrets.
pub(crate) static SWITCHES: Words = Words::new(
    "
    true false null none nil undefined unset empty pending manual yes no on off n/a default required optional build ci
    hours minutes days seconds",
);

/// Names of files and folders that hold secrets.
pub(crate) static FILES: Words = Words::new(
    "
    id_rsa id_ed25519 .pypirc .netrc .ssh credentials.json key.json .env
    application_default_credentials.json",
);

/// What stands after `.env.` in names of files with the secrets of an environment. Others, such as `.env.ci`, hold
/// settings as often.
pub(crate) static ENVIRONMENTS_WITH_SECRETS: Words = Words::new(
    "
    local production prod live staging secret secrets private",
);

/// Parts of names of JSON files with a key of a service account.
pub(crate) static KEY_FILES: Words = Words::new(
    "
    service-account service_account serviceaccount sa-key sa_key gcp-key",
);
