package dev.brew.delivery.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Encryption of the connections, and the certificates for it. They are made for this trial, for 127.0.0.1, ::1 and
 * localhost, by an authority whose key is thrown away. They stay in memory and are never written or printed. gRPC and
 * Kafka use the same protocol and cipher, so that both have the same cost. Immutable.
 */
public final class Tls {

    /** No encryption. */
    public static final Tls OFF = new Tls(Mode.OFF, "", null, null);

    /** The only version of the protocol. */
    public static final String PROTOCOL = "TLSv1.3";
    /** The only cipher, the JDK's first choice for TLS 1.3. */
    public static final String CIPHER = "TLS_AES_256_GCM_SHA384";

    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final Duration VALID = Duration.ofDays(30);

    private final Mode mode;
    private final String authority;
    private final Identity server;
    private final Identity client;

    private Tls(Mode mode, String authority, Identity server, Identity client) {
        this.mode = mode;
        this.authority = authority;
        this.server = server;
        this.client = client;
    }

    /** Which side shows a certificate. */
    public enum Mode {
        /** Neither: no encryption. */
        OFF,
        /** The server. */
        ON,
        /** Both. */
        MUTUAL;

        /** Reads {@code off}, {@code on} or {@code mutual}; else an {@link IllegalArgumentException} that says so. */
        public static Mode parse(String text) {
            for (Mode mode : values()) {
                if (mode.toString().equals(text)) {
                    return mode;
                }
            }
            throw new IllegalArgumentException("tls must be off, on or mutual, got '" + text + "'");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A certificate with its key.
     *
     * @param certificate PEM
     * @param key         PEM, PKCS #8, not encrypted: never to be written or printed
     */
    public record Identity(String certificate, String key) {

        @Override
        public String toString() {
            return "a certificate and its key";
        }
    }

    /** Makes the certificates that {@code mode} needs, in a few milliseconds. */
    public static Tls of(Mode mode) {
        if (mode == Mode.OFF) {
            return OFF;
        }
        try {
            Instant now = Instant.now();
            CertificateBuilder common = new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.ecp256)
                    .notBefore(now.minus(CLOCKS_DIFFER)).notAfter(now.plus(VALID));
            X509Bundle authority = common.copy().subject("CN=delivery authority").setIsCertificateAuthority(true)
                    .buildSelfSigned();
            X509Bundle server = common.copy().subject("CN=delivery server").addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1").addSanIpAddress("::1").buildIssuedBy(authority);
            X509Bundle client = common.copy().subject("CN=delivery client").buildIssuedBy(authority);
            return new Tls(mode, authority.getRootCertificatePEM(), identity(server), identity(client));
        } catch (Exception e) { // the builder declares no narrower type
            throw new IllegalStateException("certificates cannot be made: " + e, e);
        }
    }

    private static Identity identity(X509Bundle bundle) {
        return new Identity(bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM());
    }

    public Mode mode() {
        return mode;
    }

    /** Certificate of the authority that both sides trust, PEM. Only if encryption is on. */
    public String authority() {
        return authority;
    }

    /** Certificate of the server. Only if encryption is on. */
    public Identity server() {
        return server;
    }

    /** Certificate of the client, for a server that asks for it. Only if encryption is on. */
    public Identity client() {
        return client;
    }

    /** Settings that move the comparison, each name with {@code prefix} before it. */
    public Map<String, String> settings(String prefix) {
        Map<String, String> settings = new TreeMap<>(Map.of(prefix + "tls", mode.toString()));
        if (mode != Mode.OFF) {
            settings.put(prefix + "tls.protocol", PROTOCOL);
            settings.put(prefix + "tls.cipher", CIPHER);
            settings.put(prefix + "tls.certificate", "EC P-256");
        }
        return settings;
    }

    @Override
    public String toString() {
        return "tls " + mode;
    }
}
