using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Reflection;
using UsersApi.Server;

namespace UsersApi.Tests.Server;

public sealed class ServerOptionsTests
{
    private static IEnumerable<PropertyInfo> Numbers => typeof(ServerOptions).GetProperties().Where(property => property.PropertyType == typeof(int));

    [Test]
    public void Every_number_has_a_range_that_its_default_is_in([ValueSource(nameof(Numbers))] PropertyInfo number)
    {
        var range = number.GetCustomAttribute<System.ComponentModel.DataAnnotations.RangeAttribute>()!;
        var options = new ServerOptions();
        var isValid = IsValid(options);
        number.SetValue(options, Convert.ToInt32(range.Minimum, CultureInfo.InvariantCulture) - 1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(isValid, Is.True);
            Assert.That(IsValid(options), Is.False);
        }
    }

    [TestCase("10.0.0.1", "10.0.0.1/32")]
    [TestCase("10.0.0.0/8", "10.0.0.0/8")]
    [TestCase("2001:db8::1", "2001:db8::1/128")]
    [TestCase("10.0.0.1/8", "10.0.0.0/8")]
    [TestCase("10.0.0.1/33", null)]
    [TestCase("proxy.example", null)]
    [TestCase("", null)]
    public void A_proxy_is_an_address_or_a_network(string proxy, string? network)
    {
        var options = new ServerOptions { KnownProxies = { proxy } };

        Assert.That(IsValid(options), Is.EqualTo(network is not null));
        if (network is not null)
        {
            Assert.That(options.ProxyNetworks(), Is.EqualTo(new[] { IPNetwork.Parse(network) }));
        }
    }

    private static bool IsValid(ServerOptions options) => Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true);
}
