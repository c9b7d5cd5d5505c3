package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.broker.ClientProperties.Kind;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientPropertiesTest {

    /** As Confluent Cloud's console writes it for a Java client. */
    private static final String CONFLUENT = """
            # Required connection configs for Kafka producer, consumer, and admin
            bootstrap.servers=pkc-1.eu-west-1.aws.confluent.cloud:9092
            security.protocol=SASL_SSL
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='KEY' password='hush';
            sasl.mechanism=PLAIN
            # Required for correctness in Apache Kafka clients prior to 2.6
            client.dns.lookup=use_all_dns_ips
            # Best practice for higher availability in Apache Kafka clients prior to 3.0
            session.timeout.ms=45000
            # Best practice for Kafka producer to prevent data loss
            acks=all
            # Required connection configs for Confluent Cloud Schema Registry
            schema.registry.url=https://psrc-1.eu-west-1.aws.confluent.cloud
            basic.auth.credentials.source=USER_INFO
            basic.auth.user.info=KEY:hush
            """;

    @TempDir
    private Path folder;

    @Test
    void whatOnlyOneKindOfClientKnowsGoesToThatKind() throws Exception {
        ClientProperties client = read(CONFLUENT);
        assertThat(client.values(Kind.PRODUCER)).containsEntry("acks", "all").doesNotContainKey("session.timeout.ms");
        assertThat(client.values(Kind.CONSUMER)).containsEntry("session.timeout.ms", "45000").doesNotContainKey("acks");
        assertThat(client.values(Kind.ADMIN)).containsEntry("security.protocol", "SASL_SSL")
                .doesNotContainKeys("acks", "session.timeout.ms");
        assertThat(client.ignored()).containsExactly("basic.auth.credentials.source", "basic.auth.user.info",
                "schema.registry.url");
    }

    @Test
    void resultsGetNoSecretAndNoAddress() throws Exception {
        assertThat(read(CONFLUENT).reported()).containsOnlyKeys("kafka.client.security.protocol",
                "kafka.client.sasl.mechanism", "kafka.client.client.dns.lookup", "kafka.client.session.timeout.ms",
                "kafka.client.acks");
    }

    @Test
    void configProvidersAreAskedAndWhatTheyGiveIsTold() throws Exception {
        Path secrets = write("secrets", "user=KEY\npassword=hush\n", StandardCharsets.UTF_8);
        write("token", "hush-hush", StandardCharsets.UTF_8);
        ClientProperties client = read("config.providers=file,env,dir\n"
                + "config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n"
                + "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n"
                + "config.providers.dir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider\n"
                + "config.providers.dir.param.allowed.paths=" + folder + "\n"
                + "sasl.jaas.config=x.Module required username='${file:" + secrets + ":user}' password='${file:" + secrets
                + ":password}';\nclient.id=${env:PATH}\nclient.rack=${dir:" + folder + ":token}\nsasl.mechanism=PLAIN\n");
        assertThat(client.values(Kind.ADMIN)).containsEntry("sasl.jaas.config",
                "x.Module required username='KEY' password='hush';").containsEntry("client.id", System.getenv("PATH"));
        assertThat(client.values(Kind.CONSUMER)).containsEntry("client.rack", "hush-hush")
                .allSatisfy((name, value) -> assertThat(name).doesNotStartWith("config.providers"));
        assertThat(client.reported()).isEqualTo(Map.of("kafka.client.sasl.mechanism", "PLAIN"));
        assertThatThrownBy(() -> client.connect("there:9092", () -> {
            throw new KafkaException("Failed to construct", new KafkaException("no rack hush-hush"));
        })).hasMessage("no client can be made for there:9092: no rack [hidden]");
    }

    @Test
    void whatAConfigProviderDoesNotHaveIsNamed() throws Exception {
        String provider = "config.providers=env\n"
                + "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n";
        assertRefused(provider + "ssl.key.password=${env:DELIVERY_NO_SUCH_NAME}\n",
                "'ssl.key.password': the config provider 'env' has nothing for ${env:DELIVERY_NO_SUCH_NAME}");
        assertRefused("config.providers=vault\nconfig.providers.vault.class=no.such.Provider\n",
                "config.providers.vault.class: there is no class no.such.Provider on the class path");
        Path absent = folder.resolve("absent");
        String file = "config.providers=file\n"
                + "config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n";
        assertRefused(file + "client.id=${file:" + absent + ":KEY}\n",
                "'client.id': the config provider 'file' cannot read its file: " + absent + " does not exist");
        assertRefused(file + "client.id=${file:" + folder + ":KEY}\n",
                "'client.id': the config provider 'file' cannot read its file: Is a directory");
        assertRefused("config.providers=file\nclient.id=${file:" + absent + ":KEY}\n",
                "config.providers: 'file' has no config.providers.file.class");
        assertThat(read("ssl.key.password=a${b:c}\n").values(Kind.ADMIN)).containsEntry("ssl.key.password", "a${b:c}");
    }

    @Test
    void latin1AndAByteOrderMarkAreReadable() throws Exception {
        Path latin = write("latin", "# f\u00fcr die B\u00f6rse\nclient.id=M\u00fcller\n", StandardCharsets.ISO_8859_1);
        assertThat(ClientProperties.read("--properties", latin.toString()).values(Kind.ADMIN))
                .containsEntry("client.id", "M\u00fcller");
        assertThat(read("\uFEFFclient.id=M\u00fcller\n").values(Kind.ADMIN)).containsEntry("client.id", "M\u00fcller");
    }

    @Test
    void whatCannotBeReadIsOneLineWithTheReason() throws Exception {
        assertRefused("client.id=\\u12\n",
                "not a properties file: a \\u is not followed by four hexadecimal digits");
        assertRefused("linger=hush\n", "'linger' is no property of Kafka's clients");
        assertThatThrownBy(() -> ClientProperties.read("--properties=" + folder, folder.toString()))
                .hasMessage("--properties=" + folder + ": the file cannot be read: Is a directory");
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> ClientProperties.read("--properties=" + absent, absent.toString()))
                .hasMessage("--properties=" + absent + ": the file cannot be read: " + absent + " does not exist");
    }

    private void assertRefused(String text, String why) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--properties: " + why);
    }

    private ClientProperties read(String text) throws IOException {
        return ClientProperties.read("--properties", write("client", text, StandardCharsets.UTF_8).toString());
    }

    private Path write(String name, String text, Charset charset) throws IOException {
        return Files.writeString(folder.resolve(name), text, charset);
    }
}
