// docker-library/official-images, folder library: names that Docker Hub keeps for images of its own, retired ones too.
const NAMES =
  "adminer adoptopenjdk aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash bonita buildpack-deps busybox caddy cassandra celery centos chronograf cirros clearlinux clefos clojure composer consul convertigo couchbase couchdb crate crux dart debian docker dokuwiki drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang euleros express-gateway fedora flink fluentd fsharp gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world hitch hola-mundo httpd hylang ibm-semeru-runtimes ibmjava influxdb iojs irssi java jenkins jetty jobber joomla jruby julia kaazing-gateway kapacitor kibana known kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary nuxeo odoo open-liberty openjdk opensuse oraclelinux orientdb owncloud percona perl photon php php-zendserver phpmyadmin piwik plone postfixadmin postgres pypy python r-base rabbitmq rails rakudo-star rapidoid redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa scratch sentry silverpeas sl solr sonarqube sourcemage spark spiped storm swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik ubuntu ubuntu-debootstrap ubuntu-upstart unit varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper";

const OFFICIAL: ReadonlySet<string> = new Set(NAMES.split(" "));

/** True for the name of an official image: `nginx`, without `library/`. */
export function isOfficialImage(name: string): boolean {
  return OFFICIAL.has(name);
}

/**
 * The official image that a name is a slip of the finger away from: one letter more, less or other, or two in each
 * other's place. Of names with less than five letters only the last counts: `base` is no slip of `bash`.
 */
export function officialImageLike(name: string): string | undefined {
  if (name.length < 3 || name.length > 40 || OFFICIAL.has(name)) return undefined;
  for (const official of OFFICIAL) {
    if (Math.abs(official.length - name.length) > 1) continue;
    if (isSwapped(official, name)) return official;
    if (Math.min(official.length, name.length) >= 5 && isOneEdit(official, name)) return official;
  }
  return undefined;
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = firstDifference(a, b);
  return (
    a.charAt(at) === b.charAt(at + 1) &&
    a.charAt(at + 1) === b.charAt(at) &&
    a.slice(at + 2) === b.slice(at + 2)
  );
}

function isOneEdit(a: string, b: string): boolean {
  const at = firstDifference(a, b);
  if (a.length === b.length) return a.slice(at + 1) === b.slice(at + 1);
  return a.length > b.length ? a.slice(at + 1) === b.slice(at) : a.slice(at) === b.slice(at + 1);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charAt(at) === b.charAt(at)) at++;
  return at;
}
