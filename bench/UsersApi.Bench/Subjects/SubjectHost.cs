using UsersApi.Data;
using UsersApi.Hosting;
using UsersApi.Users;

namespace UsersApi.Bench.Subjects;

/// <summary>Serves one subject, as a process of its own, on a free port of this machine alone.</summary>
internal static class SubjectHost
{
    /// <summary>What the line begins with that goes on with the address, and the package that is measured.</summary>
    public const string Listening = "listening ";

    public static async Task<int> RunAsync(string name, string[] arguments)
    {
        var (subject, settings) = (Subject.All[name], SubjectSettings.Parse(arguments));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddConsoleLog([]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter((_, level) => level >= LogLevel.Warning);
        builder.Services.AddPostgres(builder.Configuration);
        builder.Services.AddUsers();
        builder.Services.AddSingleton<SubjectStats>();
        subject.AddServices(builder, settings);

        await using var app = builder.Build();
        app.Services.GetRequiredService<SubjectStats>();
        if (name != SubjectNames.Plaintext)
            app.MapGet(SubjectStats.Path, SubjectStats.WriteAsync);

        subject.Map(app, settings);
        await app.StartAsync();
        Console.WriteLine($"{Listening}{app.Urls.First()} {subject.PackageIn(app.Services)}");
        // The driver holds the other end, and lets go of it even when it is killed.
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
