import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * Has one Pulsar take messages that another one replicates to it. Each line of standard input is answered by one line: milliseconds from
 * the first message sent at one until the last one received at the other, or what went wrong.
 *
 * usage: Throughput broker-url-of-sender broker-url-of-receiver
 *
 * line: topic messages bytes-of-each
 */
public class Throughput {
    public static void main(String[] args) throws Exception {
        PulsarClient sender = PulsarClient.builder().serviceUrl(args[0]).build();
        PulsarClient receiver = PulsarClient.builder().serviceUrl(args[1]).build();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ");
            try {
                System.out.println(time(sender, receiver, words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2])));
            } catch (Throwable e) {
                System.out.println(e.toString().replace('\n', ' '));
            }
        }
    }

    private static long time(PulsarClient sender, PulsarClient receiver, String topic, int messages, int bytes) throws Exception {
        CountDownLatch missing = new CountDownLatch(messages);
        byte[] content = new byte[bytes];
        new Random(1).nextBytes(content); // nothing to compress
        try (Consumer<byte[]> consumer = receiver.newConsumer()
                        .topic(topic)
                        .subscriptionName("unique")
                        .subscriptionInitialPosition(SubscriptionInitialPosition.Latest)
                        .messageListener((self, message) -> {
                            self.acknowledgeAsync(message);
                            missing.countDown();
                        })
                        .subscribe();
                Producer<byte[]> producer = sender.newProducer()
                        .topic(topic)
                        .maxPendingMessages(500)
                        .blockIfQueueFull(true)
                        .enableBatching(false)
                        .create()) {
            long start = System.nanoTime();
            for (int i = 0; i < messages; i++) producer.sendAsync(content);
            producer.flush();
            if (!missing.await(5, TimeUnit.MINUTES)) throw new Exception(missing.getCount() + " messages did not come");
            return (System.nanoTime() - start) / 1_000_000;
        }
    }
}
