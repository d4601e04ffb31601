import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.BoltConnectorInternalSettings;
import org.neo4j.configuration.connectors.HttpConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/** A Neo4j server without an installation: HOME PORT PASSWORD [CERTIFICATES]. Ends when its standard input closes, so that none outlives the run that started it. */
class Neo4jServer {
  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    var address = new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
    var builder = new DatabaseManagementServiceBuilder(home)
        .setConfig(BoltConnector.enabled, true)
        .setConfig(BoltConnector.listen_address, address)
        .setConfig(BoltConnector.advertised_address, address)
        .setConfig(HttpConnector.enabled, false)
        .setConfig(GraphDatabaseSettings.auth_enabled, true)
        .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(128));
    var memory = System.getProperty("jeseci.transaction.memory");
    if (memory != null) {
      var limits = Files.writeString(home.resolve("limits.conf"), "db.memory.transaction.max=" + memory + "\n");
      builder.loadPropertiesFromFile(limits);
    }
    if (arguments.length > 3) {
      var policy = SslPolicyConfig.forScope(SslPolicyScope.BOLT);
      builder.setConfig(policy.enabled, true).setConfig(policy.base_directory, Path.of(arguments[3]))
          .setConfig(policy.private_key, Path.of("private.key")).setConfig(policy.public_certificate, Path.of("public.crt"))
          .setConfig(BoltConnector.encryption_level, BoltConnector.EncryptionLevel.REQUIRED);
    }
    boolean first = !Files.exists(home.resolve("data"));
    var service = builder.build();
    Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
    // Started again it has its password already, and refuses to be given the same one.
    if (first) service.database("system").executeTransactionally("ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", java.util.Map.of("password", arguments[2]));
    System.out.println("ready");
    while (System.in.read() >= 0) { }
    service.shutdown();
    System.exit(0);
  }
}
