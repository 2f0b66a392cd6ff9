import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.ClientBuilder;
import org.apache.pulsar.client.api.CompressionType;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.impl.auth.AuthenticationTls;

/**
 * Sends and receives messages with the settings of FATE's client. Each line of standard input is a command, and is
 * answered by one line: `done`, `nothing` (no message came in time) or what went wrong.
 *
 * usage: Client broker-url [certificate key ca]
 *
 * commands:
 *   send topic file              sends a file
 *   receive topic file seconds   waits for the next message and makes it a file
 */
public class Client {
    public static void main(String[] args) throws Exception {
        ClientBuilder builder = PulsarClient.builder().serviceUrl(args[0]).operationTimeout(30, TimeUnit.SECONDS);
        if (args.length > 1) {
            builder.authentication(new AuthenticationTls(args[1], args[2])).tlsTrustCertsFilePath(args[3]);
        }
        PulsarClient client = builder.build();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String command; (command = commands.readLine()) != null; ) {
            System.out.println(answer(client, command.split(" ")));
        }
        client.shutdown();
    }

    private static String answer(PulsarClient client, String[] command) {
        try {
            Path file = Path.of(command[2]);
            return command[0].equals("send")
                    ? send(client, command[1], file)
                    : receive(client, command[1], file, Integer.parseInt(command[3]));
        } catch (Throwable e) {
            return e.toString().replace('\n', ' ');
        }
    }

    private static String send(PulsarClient client, String topic, Path file) throws Exception {
        try (Producer<byte[]> producer = client.newProducer()
                .topic(topic)
                .producerName("unique_producer")
                .sendTimeout(60, TimeUnit.SECONDS)
                .maxPendingMessages(500)
                .compressionType(CompressionType.LZ4)
                .enableBatching(false)
                .create()) {
            producer.send(Files.readAllBytes(file));
        }
        return "done";
    }

    private static String receive(PulsarClient client, String topic, Path file, int seconds) throws Exception {
        try (Consumer<byte[]> consumer = client.newConsumer()
                .topic(topic)
                .subscriptionName("unique")
                .consumerName("unique_consumer")
                .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest)
                .replicateSubscriptionState(true)
                .subscribe()) {
            Message<byte[]> message = consumer.receive(seconds, TimeUnit.SECONDS);
            if (message == null) return "nothing";
            Files.write(file, message.getData());
            consumer.acknowledge(message);
        }
        return "done";
    }
}
