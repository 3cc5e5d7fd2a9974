using UsersApi.Caching;
using UsersApi.Data;
using UsersApi.Hosting;
using UsersApi.Users;

var builder = WebApplication.CreateBuilder(args);
builder.AddServer(args);
builder.Services.AddProblems();
builder.Services.AddJsonControllers();
builder.Services.AddApiDocument();
builder.Services.AddPostgres(builder.Configuration);
builder.Services.AddRedisCached(builder.Configuration);
builder.Services.AddOutbox(builder.Configuration, services => services.GetRequiredService<RedisCacheEvictor>().EvictAsync);
builder.Services.AddUsers();

var app = builder.Build();
app.UseProblems();
app.UseWriteGuard();
app.MapHealth();
app.MapApiDocument();
app.MapControllers().WithEarlyHits();
return await app.RunCommandOrServeAsync(args);
