import java.io.File;
import java.io.FileInputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.bookkeeper.bookie.storage.ldb.KeyValueStorageRocksDB;
import org.apache.bookkeeper.bookie.storage.ldb.SingleDirectoryDbLedgerStorage;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.pulsar.broker.ServiceConfiguration;
import org.apache.pulsar.common.configuration.PulsarConfigurationLoader;
import org.apache.pulsar.proxy.server.ProxyConfiguration;

/**
 * Reads a configuration as Pulsar's programs do, and prints `reader key value` for each key of the file and each program that
 * knows the key: the broker, the bookie, the bookie's storage, what copies messages beside a bookie, or the proxy.
 *
 * usage: Configuration file [broker|bookie|proxy]
 *
 * Without a program it is a `standalone.conf`, which is the broker's and the bookie's.
 */
public class Configuration {
    public static void main(String[] args) throws Exception {
        File file = new File(args[0]);
        Set<String> readers = args.length > 1 ? Set.of(args[1]) : Set.of("broker", "bookie");
        ServiceConfiguration broker = PulsarConfigurationLoader.create(args[0], ServiceConfiguration.class);
        ProxyConfiguration proxy = PulsarConfigurationLoader.create(args[0], ProxyConfiguration.class);
        ServerConfiguration bookie = new ServerConfiguration();
        bookie.loadConf(file.toURI().toURL());
        Set<String> bookieKeys = constants(ServerConfiguration.class);
        Set<String> clientKeys = constants(ClientConfiguration.class);
        clientKeys.removeAll(bookieKeys);
        Set<String> storageKeys = constants(SingleDirectoryDbLedgerStorage.class);
        storageKeys.addAll(constants(KeyValueStorageRocksDB.class));

        Properties keys = new Properties();
        try (FileInputStream in = new FileInputStream(file)) {
            keys.load(in);
        }
        for (String key : new TreeSet<>(keys.stringPropertyNames())) {
            Optional<Field> ofBroker = field(ServiceConfiguration.class, key);
            Optional<Field> ofProxy = field(ProxyConfiguration.class, key);
            if (readers.contains("broker") && ofBroker.isPresent()) print("broker", key, ofBroker.get().get(broker));
            if (readers.contains("proxy") && ofProxy.isPresent()) print("proxy", key, ofProxy.get().get(proxy));
            if (!readers.contains("bookie")) continue;
            if (bookieKeys.contains(key)) print("bookie", key, getter(bookie, key));
            if (args.length > 1 && clientKeys.contains(key)) print("autorecovery", key, getter(new ClientConfiguration(bookie), key));
            if (storageKeys.contains(key)) print("storage", key, bookie.getString(key)); // it has no getters
        }
    }

    private static void print(String reader, String key, Object value) {
        System.out.println(reader + " " + key + " " + text(value));
    }

    private static Object text(Object value) {
        if (value instanceof Optional) return ((Optional<?>) value).isPresent() ? ((Optional<?>) value).get() : "";
        if (value instanceof Class) return ((Class<?>) value).getName();
        if (value instanceof String[]) return String.join(",", (String[]) value);
        if (value instanceof Double && (Double) value % 1 == 0) return ((Double) value).longValue();
        return value instanceof Set ? String.join(",", new TreeSet<>((Set<String>) value)) : value; // sorted, as in the file
    }

    private static Optional<Field> field(Class<?> type, String name) {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || !field.getName().equals(name)) continue;
            field.setAccessible(true);
            return Optional.of(field);
        }
        return Optional.empty();
    }

    /** Keys whose getters have other names. */
    private static final Map<String, String> GETTERS = Map.of(
            "autoRecoveryDaemonEnabled", "isAutoRecoveryDaemonEnabled",
            "journalDirectories", "getJournalDirNames",
            "ledgerDirectories", "getLedgerDirNames",
            "journalMaxBackups", "getMaxBackupJournals",
            "journalMaxSizeMB", "getMaxJournalSizeMB",
            "logSizeLimit", "getEntryLogSizeLimit");

    private static Object getter(Object configuration, String key) throws Exception {
        String usual = "get" + Character.toUpperCase(key.charAt(0)) + key.substring(1);
        return configuration.getClass().getMethod(GETTERS.getOrDefault(key, usual)).invoke(configuration);
    }

    /** Constant strings of a class and those above it, which is where BookKeeper has its keys. */
    private static Set<String> constants(Class<?> type) throws Exception {
        Set<String> found = new TreeSet<>();
        for (Class<?> it = type; it != null && it.getName().startsWith("org.apache.bookkeeper"); it = it.getSuperclass()) {
            for (Field field : it.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) || field.getType() != String.class) continue;
                field.setAccessible(true);
                found.add((String) field.get(null));
            }
        }
        return found;
    }
}
