//! Substitutions and fields of Cloud Build.
//!
//! Fields: `cloudbuild.proto` (google/devtools/cloudbuild/v1) and
//! <https://cloud.google.com/build/docs/build-config-file-schema>. Substitutions:
//! <https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values>.

use super::Words;

/// Substitutions that Cloud Build sets itself.
pub(crate) static SUBSTITUTIONS: Words = Words::new(
    "
    PROJECT_ID PROJECT_NUMBER BUILD_ID LOCATION TRIGGER_NAME COMMIT_SHA REVISION_ID SHORT_SHA REPO_NAME
    REPO_FULL_NAME BRANCH_NAME TAG_NAME REF_NAME TRIGGER_BUILD_CONFIG_PATH SERVICE_ACCOUNT_EMAIL SERVICE_ACCOUNT",
);

/// Substitutions that pull-request triggers set; their names begin with an underscore like those of users.
pub(crate) static TRIGGER_SUBSTITUTIONS: Words = Words::new(
    "
    _HEAD_BRANCH _BASE_BRANCH _HEAD_REPO_URL _PR_NUMBER",
);

/// Fields of a build.
pub(crate) static BUILD: Words = Words::new(
    "
    steps images artifacts options substitutions timeout queueTtl logsBucket tags serviceAccount secrets
    availableSecrets source sourceProvenance gitConfig dependencies remoteConfig name id projectId status
    statusDetail results createTime startTime finishTime buildTriggerId logUrl approval timing warnings
    failureInfo",
);

/// Fields of a build step.
pub(crate) static STEP: Words = Words::new(
    "
    name args env id entrypoint dir secretEnv volumes waitFor timeout script allowFailure allowExitCodes
    automapSubstitutions results pullTiming timing status exitCode remoteConfig",
);

/// Fields of `options`.
pub(crate) static OPTIONS: Words = Words::new(
    "
    machineType diskSizeGb substitutionOption dynamicSubstitutions automapSubstitutions logStreamingOption logging
    defaultLogsBucketBehavior env secretEnv volumes pool workerPool requestedVerifyOption sourceProvenanceHash
    enableStructuredLogging pubsubTopic",
);
