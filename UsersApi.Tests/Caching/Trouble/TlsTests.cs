using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>Redis over TLS: with an issuer that is trusted it is a cache, with another it is none.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), NonParallelizable]
public sealed class TlsTests
{
    // The client library's own, for the whole process.
    private const string IssuerVariable = "SERedis_IssuerCertPath";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caching-tests-tls-");

    [TestCase(true, "hit; ttl=60"), TestCase(false, "fwd=bypass; detail=unreachable")]
    public async Task Server_is_used_only_if_its_issuer_is_trusted(bool isTrusted, string outcome)
    {
        WriteCertificates(isTrusted);
        await using var redis = await PrivateRedis.StartAsync(
            "--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no",
            "--tls-cert-file", PathOf("server.crt"), "--tls-key-file", PathOf("server.key"), "--tls-ca-cert-file", PathOf("issuer.crt"));
        await using var host = await RunsController.StartAsync(redis: redis.ConnectionString + ",ssl=true");
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");

        await host.ExchangeAsync("GET", "/runs/plain/1");
        var second = await host.ExchangeAsync("GET", "/runs/plain/1");

        Assert.That((second.Status, second.Text, second.Outcome), Is.EqualTo((200, "body", outcome)));
    }

    [TearDown]
    public void Forget() => Environment.SetEnvironmentVariable(IssuerVariable, null);

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    private void WriteCertificates(bool isTrusted)
    {
        using var issuer = Issuer("CN=issuer");
        using var other = Issuer("CN=other");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, [1]);
        File.WriteAllText(PathOf("issuer.crt"), issuer.ExportCertificatePem());
        File.WriteAllText(PathOf("server.crt"), server.ExportCertificatePem());
        File.WriteAllText(PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(PathOf("trusted.crt"), (isTrusted ? issuer : other).ExportCertificatePem());
        Environment.SetEnvironmentVariable(IssuerVariable, PathOf("trusted.crt"));
    }

    private static X509Certificate2 Issuer(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
