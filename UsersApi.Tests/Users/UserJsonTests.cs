using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Extensions.Options;
using Moq;
using UsersApi.Hosting;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class UserJsonTests
{
    private static readonly string?[] Texts =
    [
        null, "", "Ada Lovelace", "\"quoted\" \\ / ' <b>&amp;</b> + `", "\b\f\n\r\t\u0001\u007f\u0085\u2028\u2029", "Łódź 東京 Ωμέγα \u00e9 e\u0301", "👩‍💻 \U0010ffff",
        "\ud800 alone", "alone \udc00", new string('x', 5_000), new string('é', 5_000),
    ];

    private static readonly DateTime[] Times =
    [
        DateTime.UnixEpoch, DateTime.UnixEpoch.AddTicks(1), DateTime.UnixEpoch.AddMilliseconds(120), new(2026, 12, 31, 23, 59, 59, DateTimeKind.Utc),
        DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc),
    ];

    private static readonly long[] Versions = [1, 0, -1, long.MinValue, long.MaxValue];

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_000)]
    public async Task Users_are_written_byte_for_byte_as_by_MVCs_own_formatter(int count)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(Mock.Of<IHostEnvironment>());
        services.AddJsonControllers();
        services.AddUsers();
        await using var provider = services.BuildServiceProvider();
        var formatters = provider.GetRequiredService<IOptions<MvcOptions>>().Value.OutputFormatters;
        List<UserResponse> users = [.. Enumerable.Range(0, count).Select(Awkward)];

        var json = new UserJson();
        users.ForEach(json.Add);
        json.Complete();
        var own = await WrittenAsync(formatters.OfType<UserJsonFormatter>().Single(), json);
        var theirs = await WrittenAsync(formatters.OfType<SystemTextJsonOutputFormatter>().Single(), users);

        Assert.That(formatters[0], Is.InstanceOf<UserJsonFormatter>());
        Assert.That(own, Is.EqualTo(theirs));
    }

    private static UserResponse Awkward(int i) => new(
        Guid.CreateVersion7(),
        Texts[i % Texts.Length] ?? "nobody",
        Texts[i / 2 % Texts.Length],
        i % 2 == 0,
        i % 3 == 0,
        Times[i % Times.Length],
        Times[i / 3 % Times.Length],
        Versions[i % Versions.Length]);

    private static async Task<byte[]> WrittenAsync(TextOutputFormatter formatter, object users)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        await formatter.WriteResponseBodyAsync(
            new OutputFormatterWriteContext(http, (stream, encoding) => new StreamWriter(stream, encoding), users.GetType(), users), Encoding.UTF8);
        await http.Response.BodyWriter.FlushAsync();
        return body.ToArray();
    }
}
