import io.netty.util.HashedWheelTimer;
import java.io.File;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.bookkeeper.client.EnsemblePlacementPolicy;
import org.apache.bookkeeper.client.RegionAwareEnsemblePlacementPolicy;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.feature.SettableFeatureProvider;
import org.apache.bookkeeper.net.AbstractDNSToSwitchMapping;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.net.BookieSocketAddress;
import org.apache.bookkeeper.proto.BookieAddressResolver;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.pulsar.broker.ServiceConfiguration;
import org.apache.pulsar.common.configuration.PulsarConfigurationLoader;

/**
 * Has a bookie come, go and come again by the placement policy of a configuration, and prints a line for each way: `placed` where messages
 * are placed on it then, or what the policy says. First its address is not known when it comes again, then when it comes first.
 *
 * usage: Placement file
 *
 * The policy is that of a broker where the file is one's, and otherwise that of what is beside a bookie.
 */
public class Placement {
    public static void main(String[] args) throws Exception {
        ServiceConfiguration broker = PulsarConfigurationLoader.create(args[0], ServiceConfiguration.class);
        ServerConfiguration bookie = new ServerConfiguration();
        bookie.loadConf(new File(args[0]).toURI().toURL());
        ClientConfiguration client = new ClientConfiguration(bookie);
        if (broker.isBookkeeperClientRegionawarePolicyEnabled()) { // as in Pulsar's `BookKeeperClientFactoryImpl`
            client.setEnsemblePlacementPolicy(RegionAwareEnsemblePlacementPolicy.class);
        }
        System.out.println(placed(client, true, false));
        System.out.println(placed(client, false, true));
    }

    private static String placed(ClientConfiguration client, boolean knownFirst, boolean knownAgain) throws Exception {
        Set<BookieId> one = Set.of(BookieId.parse("127.0.0.1:3181"));
        boolean[] known = {true}; // and this one itself is
        BookieAddressResolver addresses = id -> {
            if (!known[0]) throw new BookieAddressResolver.BookieIdNotResolvedException(id, null);
            return new BookieSocketAddress("127.0.0.1", 3181);
        };
        Constructor<? extends EnsemblePlacementPolicy> constructor = client.getEnsemblePlacementPolicy().getDeclaredConstructor();
        constructor.setAccessible(true);
        HashedWheelTimer timer = new HashedWheelTimer();
        EnsemblePlacementPolicy policy = constructor.newInstance().initialize(client, Optional.of(new NoRacks()), timer,
                new SettableFeatureProvider("", 0), NullStatsLogger.INSTANCE, addresses);
        try {
            known[0] = knownFirst;
            policy.onClusterChanged(one, Set.of());
            policy.onClusterChanged(Set.of(), one);
            known[0] = knownAgain;
            policy.onClusterChanged(one, Set.of());
            policy.newEnsemble(1, 1, 1, Map.of(), Set.of());
            return "placed";
        } catch (Exception e) {
            return e.getMessage();
        } finally {
            timer.stop();
        }
    }

    /** As Pulsar's own where nobody has told it of racks. */
    public static class NoRacks extends AbstractDNSToSwitchMapping {
        @Override
        public List<String> resolve(List<String> names) {
            return Arrays.asList(new String[names.size()]);
        }

        @Override
        public void reloadCachedMappings() {}
    }
}
