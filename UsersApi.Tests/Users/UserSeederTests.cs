using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class UserSeederTests : ApiTest
{
    private const string Indexes = "SELECT string_agg(indexdef, E'\\n' ORDER BY indexdef) FROM pg_indexes WHERE tablename = 'users'";
    private const string Content = "SELECT md5(string_agg(users::text, '' ORDER BY id)) FROM users";

    [Test]
    public async Task A_second_run_goes_on_where_the_first_ended()
    {
        await Seeding.SeedAsync(Api, 1000);
        await Seeding.SeedAsync(Api, 10);
        await Seeding.SeedAsync(Api, 2000);

        Assert.That(
            await Api.Database.ScalarAsync<long>("SELECT max(substring(email FROM '[0-9]+')::int) FROM users"),
            Is.EqualTo(3010));
    }

    [Test]
    public async Task However_it_is_split_the_same_count_gives_the_same_users()
    {
        await using var other = await UsersApiHost.StartAsync();
        await Seeding.SeedAsync(Api, 1000);
        await Seeding.SeedAsync(Api, 500);
        await Seeding.SeedAsync(other, 1500);

        Assert.That(await Api.Database.ScalarAsync<string>(Content), Is.EqualTo(await other.Database.ScalarAsync<string>(Content)));
    }

    [Test]
    public async Task Users_of_the_API_are_left_alone()
    {
        var before = await Client.CreateUserAsync("ada@example.com");
        await Seeding.SeedAsync(Api, 100);
        await Client.CreateUserAsync("bob@example.com");
        await Seeding.SeedAsync(Api, 100);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.EqualTo(202));
            Assert.That((await Client.GetJsonAsync(Http.UrlOf(before))).GetRawText(), Is.EqualTo(before.GetRawText()));
        }
    }

    [Test]
    public async Task If_empty_adds_nobody_to_somebody()
    {
        var first = await Seeding.SeedAsync(Api, 10, ifEmpty: true);
        var second = await Seeding.SeedAsync(Api, 10, ifEmpty: true);

        Assert.That((first, second), Is.EqualTo((10L, 0L)));
    }

    [Test]
    public async Task The_indexes_are_the_same_afterwards()
    {
        var before = await Api.Database.ScalarAsync<string>(Indexes);
        await Seeding.SeedAsync(Api, 100);

        Assert.That(await Api.Database.ScalarAsync<string>(Indexes), Is.EqualTo(before));
    }

    [Test]
    public async Task Two_seeders_at_once_do_not_collide()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Seeding.SeedAsync(Api, 300)));

        Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(DISTINCT email) FROM users"), Is.EqualTo(1200));
    }

    [Test]
    public async Task A_run_that_is_stopped_leaves_nothing_behind()
    {
        var before = await Api.Database.ScalarAsync<string>(Indexes);
        using var stop = new CancellationTokenSource();
        var seeder = (UserSeeder)Api.Services.GetService(typeof(UserSeeder))!;

        Assert.That(
            () => seeder.SeedAsync(1_000_000, false, new StopAt(stop, 5000), stop.Token),
            Throws.InstanceOf<OperationCanceledException>());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
            Assert.That(await Api.Database.ScalarAsync<string>(Indexes), Is.EqualTo(before));
        }
    }

    [Test]
    public async Task Numbers_end_somewhere_and_the_message_says_so()
    {
        await Api.Database.ExecuteAsync(
            "INSERT INTO users (id, email, created_at, updated_at) VALUES (@Id, 'last@example.com', now(), now())",
            new { SeedUsers.Create(SeedUsers.Numbers - 3).Id });

        Assert.That(() => Seeding.SeedAsync(Api, 3), Throws.Exception.With.Message.Contains("2 are left"));
        Assert.That(await Seeding.SeedAsync(Api, 2), Is.EqualTo(2));
    }

    private sealed class StopAt(CancellationTokenSource stop, long count) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value >= count)
            {
                stop.Cancel();
            }
        }
    }
}
