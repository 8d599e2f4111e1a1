//! Images of databases, caches, queues and search engines, with the ports on which they take commands.

/// A store of data: its name, the last part of the names of its images, the ports on which it takes commands, and
/// whether its image asks for a password unless it is told otherwise.
type Row = (&'static str, &'static [&'static str], &'static [u16], bool);

/// The stores. Ports and passwords are those of the descriptions of the images on Docker Hub
/// (<https://hub.docker.com/_/postgres> and so on) and of the manuals of their programs.
static STORES: &[Row] = &[
    ("PostgreSQL", &["postgres", "postgresql", "postgis", "pgvector", "timescaledb", "timescaledb-ha"], &[5432], true),
    ("MySQL", &["mysql", "mysql-server"], &[3306, 33060], true),
    ("MariaDB", &["mariadb"], &[3306], true),
    ("SQL Server", &["mssql/server"], &[1433], true),
    ("MongoDB", &["mongo", "mongodb", "mongodb-community-server"], &[27017], false),
    ("Redis", &["redis", "redis-stack", "redis-stack-server"], &[6379], false),
    ("Valkey", &["valkey"], &[6379], false),
    ("KeyDB", &["keydb"], &[6379], false),
    ("Memcached", &["memcached"], &[11211], false),
    ("Elasticsearch", &["elasticsearch", "elasticsearch-oss"], &[9200, 9300], false),
    ("OpenSearch", &["opensearch"], &[9200, 9300], true),
    ("RabbitMQ", &["rabbitmq"], &[5672], true),
    ("NATS", &["nats"], &[4222], false),
    ("Kafka", &["kafka", "cp-kafka"], &[9092], false),
    ("ZooKeeper", &["zookeeper", "cp-zookeeper"], &[2181], false),
    ("ClickHouse", &["clickhouse-server", "clickhouse"], &[8123, 9000], false),
    ("Cassandra", &["cassandra"], &[9042], false),
    ("ScyllaDB", &["scylla"], &[9042], false),
    ("CouchDB", &["couchdb"], &[5984], true),
    ("Neo4j", &["neo4j"], &[7474, 7687], true),
    ("InfluxDB", &["influxdb"], &[8086], false),
    ("Qdrant", &["qdrant"], &[6333, 6334], false),
    ("etcd", &["etcd"], &[2379], false),
];

/// The name, the ports and the need of a password of the store that an image with this name (without its tag) runs.
pub(crate) fn of(repository: &str) -> Option<(&'static str, &'static [u16], bool)> {
    let ends_so =
        |image: &&str| repository.strip_suffix(*image).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let (name, _, ports, has_password) = STORES.iter().find(|(_, images, ..)| images.iter().any(ends_so))?;
    Some((*name, *ports, *has_password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_known_by_the_last_part_of_their_image() {
        for (image, name) in [
            ("postgres", "PostgreSQL"),
            ("docker.io/library/redis", "Redis"),
            ("bitnami/mongodb", "MongoDB"),
            ("docker.elastic.co/elasticsearch/elasticsearch", "Elasticsearch"),
            ("mcr.microsoft.com/mssql/server", "SQL Server"),
        ] {
            assert_eq!(of(image).map(|(name, ..)| name), Some(name), "{image}");
        }
        for image in ["postgres-exporter", "redis-commander", "mongo-express", "server", "shop/kafka-ui", ""] {
            assert_eq!(of(image), None, "{image}");
        }
    }
}
