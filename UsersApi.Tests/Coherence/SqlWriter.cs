using UsersApi.Tests.Host;

namespace UsersApi.Tests.Coherence;

/// <summary>
/// Changes users as somebody does in <c>psql</c>: past all nodes. Nothing is promised for how soon that is seen, but for what is seen
/// in the end.
/// </summary>
internal sealed class SqlWriter(TestDatabase database, Tally tally, Random random, WriteNumbers numbers)
{
    private const string Update = "UPDATE users SET full_name = @Name WHERE email = @Email";

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var user = Population.PickForWriting(random);
            try
            {
                await database.ExecuteAsync(Update, new { Name = Population.NameOf(user, numbers.Next()), Email = Population.EmailOf(user) });
            }
            catch (Npgsql.NpgsqlException)
            {
                tally.Unanswered();
            }

            await Task.Delay(random.Next(1_000), CancellationToken.None);
        }
    }
}
