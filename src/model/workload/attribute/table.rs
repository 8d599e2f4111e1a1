//! The rows of the table of attributes.
//!
//! Paths in manifests: <https://cloud.google.com/run/docs/reference/yaml/v1> and the discovery document of the run v1
//! API. Flags: gcloud 578.0.0. Terraform: schema and documentation of the provider google 7.45. Defaults and ranges:
//! the pages below <https://cloud.google.com/run/docs/configuring/services>, unless a row names another source.

use super::{Attribute, Default, FunctionPlaces, Holder, Type};
use crate::model::workload::{Container, Key, Probe, Workload, WorkloadKind};

const JOB: &[WorkloadKind] = &[WorkloadKind::Job];
const SERVICE_OR_JOB: &[WorkloadKind] = &[WorkloadKind::Service, WorkloadKind::Job];
const SERVICE_OR_POOL: &[WorkloadKind] = &[WorkloadKind::Service, WorkloadKind::WorkerPool];
const ALL: &[WorkloadKind] = &[WorkloadKind::Service, WorkloadKind::Job, WorkloadKind::WorkerPool];

/// The Rust type of a [`Type`].
macro_rules! rust_type {
    (Number) => { f64 };
    (Seconds) => { f64 };
    (Cpu) => { f64 };
    (Bytes) => { f64 };
    (Flag) => { bool };
    (Text) => { crate::model::text::Text };
    (List) => { Vec<crate::model::text::Text> };
    (Probe) => { std::sync::Arc<Probe> };
}

macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $key:ident: $type:ident of $holder:ident { $($field:ident: $value:expr),* $(,)? })*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Row { $($key),* }

        $($(#[doc = $doc])+ pub const $key: Key<$holder, rust_type!($type)> = Key::new(Row::$key as u16);)*

        /// Every attribute.
        pub static ATTRIBUTES: &[Attribute] = &[$(Attribute {
            doc: concat!($($doc),+),
            holder: Holder::$holder,
            value: Type::$type,
            number: Row::$key as u16,
            $($field: $value,)*
            ..Attribute::ROW
        }),*];
    };
}

attributes! {
    /// The highest number of instances of a revision.
    MAX_INSTANCES: Number of Workload {
        name: "max instances",
        default: Default::Described("as many as the quota of the region allows"),
        range: Some((1.0, f64::INFINITY)),
        is_inserted: true,
        is_overview: true,
        manifest: &[
            "spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]",
            "spec.template.metadata.annotations[autoscaling.knative.dev/max-scale]",
            // It is often written here, where it has no effect.
            "metadata.annotations[autoscaling.knative.dev/maxScale]",
            "metadata.annotations[autoscaling.knative.dev/max-scale]",
        ],
        flags: &["--max-instances"],
        terraform: &["template.scaling.max_instance_count"],
        function: FunctionPlaces { flags: &["--max-instances"], second: "service_config.max_instance_count", first: "max_instances" },
    }
    /// The number of instances of a revision that are always kept.
    MIN_INSTANCES: Number of Workload {
        name: "min instances",
        default: Default::Number(0.0),
        range: Some((0.0, f64::INFINITY)),
        manifest: &[
            "spec.template.metadata.annotations[autoscaling.knative.dev/minScale]",
            "spec.template.metadata.annotations[autoscaling.knative.dev/min-scale]",
        ],
        flags: &["--min-instances"],
        terraform: &["template.scaling.min_instance_count"],
        function: FunctionPlaces { flags: &["--min-instances"], second: "service_config.min_instance_count", first: "min_instances" },
    }
    /// The highest number of instances of all revisions together.
    SERVICE_MAX_INSTANCES: Number of Workload {
        name: "max instances of the service",
        range: Some((1.0, f64::INFINITY)),
        manifest: &[
            "metadata.annotations[run.googleapis.com/maxScale]",
            "spec.template.metadata.annotations[run.googleapis.com/maxScale]",
        ],
        flags: &["--max", "--service-max-instances"],
        terraform: &["scaling.max_instance_count"],
    }
    /// The number of instances of all revisions together that are always kept.
    SERVICE_MIN_INSTANCES: Number of Workload {
        name: "min instances of the service",
        default: Default::Number(0.0),
        range: Some((0.0, f64::INFINITY)),
        manifest: &["metadata.annotations[run.googleapis.com/minScale]"],
        flags: &["--min", "--service-min-instances"],
        terraform: &["scaling.min_instance_count"],
    }
    /// Whether the number of instances follows the load.
    SCALING_MODE: Text of Workload {
        name: "scaling mode",
        kinds: SERVICE_OR_POOL,
        default: Default::Text("automatic"),
        words: &[("automatic", &["AUTOMATIC"]), ("manual", &["MANUAL"])],
        manifest: &["metadata.annotations[run.googleapis.com/scalingMode]"],
        terraform: &["scaling.scaling_mode"],
    }
    /// The fixed number of instances of manual scaling.
    MANUAL_INSTANCES: Number of Workload {
        name: "fixed number of instances",
        kinds: SERVICE_OR_POOL,
        default: Default::Described("none; a worker pool has 1"),
        range: Some((0.0, f64::INFINITY)),
        manifest: &[
            "metadata.annotations[run.googleapis.com/manualInstanceCount]",
            "spec.template.metadata.annotations[run.googleapis.com/manualInstanceCount]",
        ],
        flags: &["--scaling", "--instances"],
        terraform: &["scaling.manual_instance_count"],
    }
    /// The CPU utilization at which more instances are started.
    CPU_TARGET: Number of Workload {
        name: "CPU target of scaling",
        default: Default::Number(0.6),
        range: Some((0.1, 0.95)),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/scaling-cpu-target]"],
    }
    /// The utilization of the concurrency at which more instances are started.
    CONCURRENCY_TARGET: Number of Workload {
        name: "concurrency target of scaling",
        default: Default::Number(0.6),
        range: Some((0.1, 0.95)),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/scaling-concurrency-target]"],
    }
    /// The number of requests that an instance handles at once.
    CONCURRENCY: Number of Workload {
        name: "concurrency",
        default: Default::Described("80, 1 below one vCPU; 80 for each vCPU if gcloud or Terraform creates the service"),
        range: Some((1.0, 1000.0)),
        is_inserted: true,
        is_overview: true,
        manifest: &["{task}.containerConcurrency"],
        flags: &["--concurrency"],
        terraform: &["template.max_instance_request_concurrency"],
        terraform_v1: &["{task}.container_concurrency"],
        function: FunctionPlaces { flags: &["--concurrency"], second: "service_config.max_instance_request_concurrency", first: "" },
    }
    /// The longest time that a request may take.
    TIMEOUT: Seconds of Workload {
        name: "timeout",
        default: Default::Number(300.0),
        range: Some((1.0, 3600.0)),
        is_inserted: true,
        is_overview: true,
        manifest: &["{task}.timeoutSeconds"],
        flags: &["--timeout"],
        terraform: &["template.timeout"],
        terraform_v1: &["{task}.timeout_seconds"],
        function: FunctionPlaces { flags: &["--timeout"], second: "service_config.timeout_seconds", first: "timeout" },
    }
    /// From where requests are accepted.
    INGRESS: Text of Workload {
        name: "ingress",
        default: Default::Text("all"),
        words: &[
            ("all", &["INGRESS_TRAFFIC_ALL", "ALLOW_ALL"]),
            ("internal", &["INGRESS_TRAFFIC_INTERNAL_ONLY", "internal-only", "ALLOW_INTERNAL_ONLY"]),
            (
                "internal-and-cloud-load-balancing",
                &["INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "internal-and-gclb", "ALLOW_INTERNAL_AND_GCLB"],
            ),
            ("none", &["INGRESS_TRAFFIC_NONE"]),
        ],
        is_overview: true,
        manifest: &[
            "metadata.annotations[run.googleapis.com/ingress]",
            "spec.template.metadata.annotations[run.googleapis.com/ingress]",
        ],
        flags: &["--ingress"],
        terraform: &["ingress"],
        function: FunctionPlaces { flags: &["--ingress-settings"], second: "service_config.ingress_settings", first: "ingress_settings" },
    }
    /// The service account that it runs as. Parts of its address may be unknown.
    SERVICE_ACCOUNT: Text of Workload {
        name: "service account",
        kinds: ALL,
        default: Default::Described("the default one of Compute Engine"),
        is_known_in_part: true,
        is_overview: true,
        manifest: &["{task}.serviceAccountName"],
        flags: &["--service-account"],
        terraform: &["{task}.service_account"],
        terraform_v1: &["{task}.service_account_name"],
        function: FunctionPlaces { flags: &["--run-service-account", "--service-account"], second: "service_config.service_account_email", first: "service_account_email" },
    }
    /// Whether `allUsers` get the right to invoke the service. Manifests and Terraform write a binding of IAM instead.
    ALLOW_UNAUTHENTICATED: Flag of Workload {
        name: "allow unauthenticated",
        default: Default::Flag(false),
        flags: &["--allow-unauthenticated"],
        function: FunctionPlaces { flags: &["--allow-unauthenticated"], second: "", first: "" },
    }
    /// Whether the check of the right to invoke the service is switched off.
    INVOKER_CHECK_DISABLED: Flag of Workload {
        name: "invoker check disabled",
        default: Default::Flag(false),
        manifest: &[
            "metadata.annotations[run.googleapis.com/invoker-iam-disabled]",
            "spec.template.metadata.annotations[run.googleapis.com/invoker-iam-disabled]",
        ],
        flags: &["--no-invoker-iam-check"],
        terraform: &["invoker_iam_disabled"],
    }
    /// Whether Identity-Aware Proxy checks who calls the service.
    IAP: Flag of Workload {
        name: "Identity-Aware Proxy",
        default: Default::Flag(false),
        manifest: &["metadata.annotations[run.googleapis.com/iap-enabled]"],
        flags: &["--iap"],
        terraform: &["iap_enabled"],
    }
    /// Whether the address under `run.app` is switched off.
    DEFAULT_URL_DISABLED: Flag of Workload {
        name: "default URL disabled",
        default: Default::Flag(false),
        manifest: &["metadata.annotations[run.googleapis.com/default-url-disabled]"],
        flags: &["--no-default-url"],
        terraform: &["default_uri_disabled"],
    }
    /// Additional audiences that identity tokens of callers may name.
    CUSTOM_AUDIENCES: List of Workload {
        name: "custom audiences",
        manifest: &["metadata.annotations[run.googleapis.com/custom-audiences]"],
        flags: &["--set-custom-audiences", "--add-custom-audiences"],
        terraform: &["custom_audiences"],
    }
    /// The Serverless VPC Access connector that it sends traffic through.
    VPC_CONNECTOR: Text of Workload {
        name: "VPC connector",
        kinds: SERVICE_OR_JOB,
        is_known_in_part: true,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/vpc-access-connector]"],
        flags: &["--vpc-connector"],
        terraform: &["{task}.vpc_access.connector"],
        function: FunctionPlaces { flags: &["--vpc-connector"], second: "service_config.vpc_connector", first: "vpc_connector" },
    }
    /// The network that it sends traffic to directly.
    NETWORK: Text of Workload {
        name: "network",
        kinds: ALL,
        is_known_in_part: true,
        flags: &["--network"],
        terraform: &["{task}.vpc_access.network_interfaces.network"],
    }
    /// The subnet in which it gets an address for traffic that it sends directly.
    SUBNET: Text of Workload {
        name: "subnet",
        kinds: ALL,
        is_known_in_part: true,
        flags: &["--subnet"],
        terraform: &["{task}.vpc_access.network_interfaces.subnetwork"],
    }
    /// Network and subnet as manifests write them: a JSON list with one object.
    NETWORK_INTERFACES: Text of Workload {
        name: "network interfaces",
        kinds: ALL,
        is_known_in_part: true,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/network-interfaces]"],
    }
    /// Which traffic goes through the connector or the network.
    VPC_EGRESS: Text of Workload {
        name: "VPC egress",
        kinds: ALL,
        default: Default::Text("private-ranges-only"),
        words: &[("private-ranges-only", &["PRIVATE_RANGES_ONLY"]), ("all-traffic", &["ALL_TRAFFIC", "all"])],
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/vpc-access-egress]"],
        flags: &["--vpc-egress"],
        terraform: &["{task}.vpc_access.egress"],
    }
    /// The Cloud SQL instances that it is connected to through a socket.
    CLOUD_SQL: List of Workload {
        name: "Cloud SQL instances",
        kinds: ALL,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/cloudsql-instances]"],
        flags: &["--set-cloudsql-instances", "--add-cloudsql-instances"],
        terraform: &["{task}.volumes.cloud_sql_instance.instances"],
    }
    /// The key of Cloud KMS that encrypts the container image.
    ENCRYPTION_KEY: Text of Workload {
        name: "encryption key",
        kinds: ALL,
        default: Default::Described("a key of Google"),
        is_known_in_part: true,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/encryption-key]"],
        flags: &["--key"],
        terraform: &["{task}.encryption_key"],
    }
    /// What happens to instances once the encryption key is revoked.
    KEY_REVOCATION_ACTION: Text of Workload {
        name: "action after key revocation",
        kinds: SERVICE_OR_POOL,
        words: &[("prevent-new", &["PREVENT_NEW"]), ("shut-down", &["SHUTDOWN"])],
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/post-key-revocation-action-type]"],
        flags: &["--post-key-revocation-action-type"],
    }
    /// The time until instances are stopped after the encryption key is revoked, in hours.
    KEY_SHUTDOWN_HOURS: Number of Workload {
        name: "hours to shutdown after key revocation",
        kinds: SERVICE_OR_POOL,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/encryption-key-shutdown-hours]"],
    }
    /// The policy of Binary Authorization: `default`, or the name of a platform policy.
    BINARY_AUTHORIZATION: Text of Workload {
        name: "Binary Authorization",
        kinds: ALL,
        default: Default::Described("off"),
        words: &[("default", &["true"])],
        manifest: &["metadata.annotations[run.googleapis.com/binary-authorization]"],
        flags: &["--binary-authorization"],
        terraform: &["binary_authorization.policy", "binary_authorization.use_default"],
    }
    /// A justification that has the policy of Binary Authorization ignored.
    BREAKGLASS: Text of Workload {
        name: "Binary Authorization breakglass",
        kinds: SERVICE_OR_JOB,
        is_known_in_part: true,
        manifest: &["metadata.annotations[run.googleapis.com/binary-authorization-breakglass]"],
        flags: &["--breakglass"],
        terraform: &["binary_authorization.breakglass_justification"],
    }
    /// Whether the CPU is only allocated while a request is handled. In Terraform it is false if there is a `resources`
    /// block without `cpu_idle`.
    CPU_THROTTLING: Flag of Workload {
        name: "CPU throttling",
        default: Default::Described("true"),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/cpu-throttling]"],
        flags: &["--cpu-throttling"],
        terraform: &["template.containers.resources.cpu_idle"],
    }
    /// Whether an instance gets more CPU while it starts.
    CPU_BOOST: Flag of Workload {
        name: "startup CPU boost",
        default: Default::Described("false; true for a service that `gcloud run deploy` creates"),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/startup-cpu-boost]"],
        flags: &["--cpu-boost"],
        terraform: &["template.containers.resources.startup_cpu_boost"],
    }
    /// The generation of the sandbox that it runs in.
    EXECUTION_ENVIRONMENT: Text of Workload {
        name: "execution environment",
        kinds: SERVICE_OR_JOB,
        default: Default::Described("chosen by Cloud Run; gen2 for jobs"),
        words: &[("gen1", &["EXECUTION_ENVIRONMENT_GEN1"]), ("gen2", &["EXECUTION_ENVIRONMENT_GEN2"])],
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/execution-environment]"],
        flags: &["--execution-environment"],
        terraform: &["{task}.execution_environment"],
    }
    /// Whether requests of one client go to the same instance.
    SESSION_AFFINITY: Flag of Workload {
        name: "session affinity",
        default: Default::Flag(false),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/sessionAffinity]"],
        flags: &["--session-affinity"],
        terraform: &["template.session_affinity"],
    }
    /// Whether a deployment does not wait for the first instance to start.
    HEALTH_CHECK_DISABLED: Flag of Workload {
        name: "deployment health check disabled",
        default: Default::Flag(false),
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/health-check-disabled]"],
        flags: &["--no-deploy-health-check"],
        terraform: &["template.health_check_disabled"],
    }
    /// Whether base images are updated without a deployment.
    AUTOMATIC_BASE_UPDATES: Flag of Workload {
        name: "automatic base image updates",
        default: Default::Flag(false),
        manifest: &["metadata.annotations[run.googleapis.com/build-enable-automatic-updates]"],
        terraform: &["build_config.enable_automatic_updates"],
    }
    /// The type of the GPU.
    GPU_TYPE: Text of Workload {
        name: "GPU type",
        kinds: ALL,
        manifest: &["{task}.nodeSelector[run.googleapis.com/accelerator]"],
        flags: &["--gpu-type"],
        terraform: &["{task}.node_selector.accelerator"],
        terraform_v1: &["{task}.node_selector[run.googleapis.com/accelerator]"],
    }
    /// Whether the GPU is taken from one zone only.
    GPU_ZONAL_REDUNDANCY_DISABLED: Flag of Workload {
        name: "GPU zonal redundancy disabled",
        kinds: ALL,
        flags: &["--no-gpu-zonal-redundancy"],
        terraform: &["{task}.gpu_zonal_redundancy_disabled"],
    }
    /// The language and version that a function runs in.
    RUNTIME: Text of Workload {
        name: "runtime",
        kinds: &[],
        is_overview: true,
        function: FunctionPlaces { flags: &["--runtime"], second: "build_config.runtime", first: "runtime" },
    }
    /// The region that it runs in.
    REGION: Text of Workload {
        name: "region",
        kinds: ALL,
        manifest: &["metadata.labels[cloud.googleapis.com/location]"],
        flags: &["--region"],
        terraform: &["location"],
        terraform_v1: &["location"],
        function: FunctionPlaces { flags: &["--region"], second: "location", first: "region" },
    }
    /// The regions of a service that runs in several.
    REGIONS: List of Workload {
        name: "regions",
        manifest: &["metadata.annotations[run.googleapis.com/regions]"],
        flags: &["--regions"],
        terraform: &["multi_region_settings.regions"],
    }
    /// The name of the revision. The flag gives only what follows the name of the service.
    REVISION: Text of Workload {
        name: "revision",
        kinds: SERVICE_OR_POOL,
        default: Default::Described("generated"),
        is_known_in_part: true,
        manifest: &["spec.template.metadata.name"],
        flags: &["--revision-suffix"],
        terraform: &["template.revision"],
        terraform_v1: &["template.metadata.name"],
    }
    /// A description for people.
    DESCRIPTION: Text of Workload {
        name: "description",
        kinds: SERVICE_OR_POOL,
        is_known_in_part: true,
        manifest: &["metadata.annotations[run.googleapis.com/description]"],
        flags: &["--description"],
        terraform: &["description"],
    }
    /// The launch stage of the features that it uses.
    LAUNCH_STAGE: Text of Workload {
        name: "launch stage",
        kinds: ALL,
        default: Default::Text("GA"),
        manifest: &["metadata.annotations[run.googleapis.com/launch-stage]"],
        terraform: &["launch_stage"],
    }
    /// The service mesh that it belongs to.
    SERVICE_MESH: Text of Workload {
        name: "service mesh",
        is_known_in_part: true,
        manifest: &["spec.template.metadata.annotations[run.googleapis.com/mesh]"],
        terraform: &["template.service_mesh.mesh"],
    }
    /// Whether its instances can be reached with SSH.
    SSH: Flag of Workload {
        name: "SSH",
        default: Default::Flag(false),
        manifest: &["metadata.annotations[run.googleapis.com/ssh-enabled]"],
    }
    /// Whether Security Command Center watches it.
    THREAT_DETECTION: Flag of Workload {
        name: "threat detection",
        manifest: &["metadata.annotations[run.googleapis.com/threat-detection]"],
    }
    /// Whether Terraform refuses to delete it.
    DELETION_PROTECTION: Flag of Workload {
        name: "deletion protection",
        kinds: ALL,
        default: Default::Described("true since version 6.0 of the provider"),
        terraform: &["deletion_protection"],
    }
    /// The number of tasks of an execution.
    TASKS: Number of Workload {
        name: "tasks",
        kinds: JOB,
        default: Default::Number(1.0),
        range: Some((1.0, 10_000.0)),
        manifest: &["spec.template.spec.taskCount"],
        flags: &["--tasks"],
        terraform: &["template.task_count"],
    }
    /// The number of tasks that run at once.
    PARALLELISM: Number of Workload {
        name: "parallelism",
        kinds: JOB,
        default: Default::Described("as many as possible"),
        manifest: &["spec.template.spec.parallelism"],
        flags: &["--parallelism"],
        terraform: &["template.parallelism"],
    }
    /// How often a failed task is tried again.
    MAX_RETRIES: Number of Workload {
        name: "max retries",
        kinds: JOB,
        default: Default::Number(3.0),
        range: Some((0.0, 10.0)),
        manifest: &["{task}.maxRetries"],
        flags: &["--max-retries"],
        terraform: &["{task}.max_retries"],
    }
    /// The longest time that a task may take.
    TASK_TIMEOUT: Seconds of Workload {
        name: "task timeout",
        kinds: JOB,
        default: Default::Number(600.0),
        range: Some((1.0, 604_800.0)),
        manifest: &["{task}.timeoutSeconds"],
        flags: &["--task-timeout"],
        terraform: &["{task}.timeout"],
    }
    /// The CPU limit.
    CPU: Cpu of Container {
        name: "CPU",
        kinds: ALL,
        default: Default::Number(1.0),
        range: Some((0.08, 8.0)),
        is_overview: true,
        manifest: &["resources.limits[cpu]"],
        flags: &["--cpu"],
        terraform: &["resources.limits[cpu]"],
        terraform_v1: &["resources.limits[cpu]"],
        function: FunctionPlaces { flags: &["--cpu"], second: "service_config.available_cpu", first: "" },
    }
    /// The memory limit.
    MEMORY: Bytes of Container {
        name: "memory",
        kinds: ALL,
        default: Default::Number(536_870_912.0),
        range: Some((134_217_728.0, 34_359_738_368.0)),
        is_overview: true,
        manifest: &["resources.limits[memory]"],
        flags: &["--memory"],
        terraform: &["resources.limits[memory]"],
        terraform_v1: &["resources.limits[memory]"],
        function: FunctionPlaces { flags: &["--memory"], second: "service_config.available_memory", first: "" },
    }
    /// The number of GPUs.
    GPU: Number of Container {
        name: "GPUs",
        kinds: ALL,
        default: Default::Number(0.0),
        range: Some((0.0, 1.0)),
        manifest: &["resources.limits[nvidia.com/gpu]"],
        flags: &["--gpu"],
        terraform: &["resources.limits[nvidia.com/gpu]"],
        terraform_v1: &["resources.limits[nvidia.com/gpu]"],
    }
    /// The CPU request.
    CPU_REQUEST: Cpu of Container {
        name: "CPU request",
        default: Default::Described("the limit"),
        manifest: &["resources.requests[cpu]"],
        terraform_v1: &["resources.requests[cpu]"],
    }
    /// The memory request.
    MEMORY_REQUEST: Bytes of Container {
        name: "memory request",
        default: Default::Described("the limit"),
        manifest: &["resources.requests[memory]"],
        terraform_v1: &["resources.requests[memory]"],
    }
    /// The port that gets the requests. Cloud Run tells it to the container in `PORT`.
    PORT: Number of Container {
        name: "port",
        default: Default::Number(8080.0),
        range: Some((1.0, 65_535.0)),
        is_overview: true,
        manifest: &["ports.containerPort"],
        flags: &["--port"],
        terraform: &["ports.container_port"],
        terraform_v1: &["ports.container_port"],
    }
    /// The protocol of the port.
    PROTOCOL: Text of Container {
        name: "protocol",
        default: Default::Text("http1"),
        words: &[("http1", &["http1", "false"]), ("h2c", &["h2c", "true"])],
        manifest: &["ports.name"],
        flags: &["--use-http2"],
        terraform: &["ports.name"],
        terraform_v1: &["ports.name"],
    }
    /// The command that is run instead of the entry point of the image.
    COMMAND: List of Container {
        name: "command",
        kinds: ALL,
        default: Default::Described("`ENTRYPOINT` of the image"),
        manifest: &["command"],
        flags: &["--command"],
        terraform: &["command"],
        terraform_v1: &["command"],
    }
    /// The arguments of the command.
    ARGS: List of Container {
        name: "arguments",
        kinds: ALL,
        default: Default::Described("`CMD` of the image; none if `command` is set"),
        manifest: &["args"],
        flags: &["--args"],
        terraform: &["args"],
        terraform_v1: &["args"],
    }
    /// The folder in which the command is run.
    WORKING_DIR: Text of Container {
        name: "working directory",
        kinds: ALL,
        default: Default::Described("`WORKDIR` of the image"),
        manifest: &["workingDir"],
        flags: &["--workdir"],
        terraform: &["working_dir"],
        terraform_v1: &["working_dir"],
    }
    /// The containers that have to be started before this one.
    DEPENDS_ON: List of Container {
        name: "depends on",
        kinds: ALL,
        flags: &["--depends-on"],
        terraform: &["depends_on"],
    }
    /// The base image whose updates are applied without a deployment.
    BASE_IMAGE: Text of Container {
        name: "base image",
        is_known_in_part: true,
        flags: &["--base-image"],
        terraform: &["base_image_uri"],
    }
    /// The health check that has to succeed before a container gets requests.
    STARTUP_PROBE: Probe of Container {
        name: "startup probe",
        kinds: ALL,
        default: Default::Described("TCP on the port of the container, up to 240 s; none for jobs"),
        is_overview: true,
        manifest: &["startupProbe"],
        flags: &["--startup-probe"],
        terraform: &["startup_probe"],
        terraform_v1: &["startup_probe"],
    }
    /// The health check that has a container restarted if it fails.
    LIVENESS_PROBE: Probe of Container {
        name: "liveness probe",
        kinds: SERVICE_OR_POOL,
        is_overview: true,
        manifest: &["livenessProbe"],
        flags: &["--liveness-probe"],
        terraform: &["liveness_probe"],
        terraform_v1: &["liveness_probe"],
    }
    /// The health check that takes requests away from an instance while it fails.
    READINESS_PROBE: Probe of Container {
        name: "readiness probe",
        manifest: &["readinessProbe"],
        flags: &["--readiness-probe"],
        terraform: &["readiness_probe"],
        terraform_v1: &["readiness_probe"],
    }
    /// The time before the first check.
    INITIAL_DELAY: Seconds of Probe {
        name: "initial delay",
        kinds: ALL,
        default: Default::Number(0.0),
        manifest: &["initialDelaySeconds"],
        flags: &["initialDelaySeconds"],
        terraform: &["initial_delay_seconds"],
        terraform_v1: &["initial_delay_seconds"],
    }
    /// The time that one check may take; at most the period.
    PROBE_TIMEOUT: Seconds of Probe {
        name: "timeout of a check",
        kinds: ALL,
        default: Default::Number(1.0),
        range: Some((1.0, 3600.0)),
        manifest: &["timeoutSeconds"],
        flags: &["timeoutSeconds"],
        terraform: &["timeout_seconds"],
        terraform_v1: &["timeout_seconds"],
    }
    /// The time between two checks.
    PERIOD: Seconds of Probe {
        name: "period",
        kinds: ALL,
        default: Default::Number(10.0),
        manifest: &["periodSeconds"],
        flags: &["periodSeconds"],
        terraform: &["period_seconds"],
        terraform_v1: &["period_seconds"],
    }
    /// The number of failures in a row after which the check has failed.
    FAILURE_THRESHOLD: Number of Probe {
        name: "failure threshold",
        kinds: ALL,
        default: Default::Number(3.0),
        range: Some((1.0, f64::INFINITY)),
        manifest: &["failureThreshold"],
        flags: &["failureThreshold"],
        terraform: &["failure_threshold"],
        terraform_v1: &["failure_threshold"],
    }
    /// The port that the check asks.
    PROBE_PORT: Number of Probe {
        name: "port of a check",
        kinds: ALL,
        default: Default::Described("the port of the container"),
        range: Some((1.0, 65_535.0)),
        manifest: &["httpGet.port", "tcpSocket.port", "grpc.port"],
        flags: &["httpGet.port", "tcpSocket.port", "grpc.port"],
        terraform: &["http_get.port", "tcp_socket.port", "grpc.port"],
        terraform_v1: &["http_get.port", "tcp_socket.port", "grpc.port"],
    }
    /// The path that the check asks over HTTP.
    PROBE_PATH: Text of Probe {
        name: "path of a check",
        kinds: ALL,
        default: Default::Text("/"),
        manifest: &["httpGet.path"],
        flags: &["httpGet.path"],
        terraform: &["http_get.path"],
        terraform_v1: &["http_get.path"],
    }
    /// The name of the service that the check asks over gRPC.
    PROBE_SERVICE: Text of Probe {
        name: "service of a check",
        kinds: ALL,
        manifest: &["grpc.service"],
        flags: &["grpc.service"],
        terraform: &["grpc.service"],
        terraform_v1: &["grpc.service"],
    }
}
