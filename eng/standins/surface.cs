#:property PublishAot=false
#:package StackExchange.Redis
#:project Pipelines.Sockets.Unofficial/Pipelines.Sockets.Unofficial.csproj

// Compiles every method of StackExchange.Redis against the stand-in, and prints those that name something it lacks.
using System.Reflection;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

const BindingFlags Declared =
    BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

// One of these satisfies the constraints of nearly every generic type and method there.
Type[] candidates = [typeof(object), typeof(int), typeof(RedisValue), typeof(DayOfWeek)];
var compiled = 0;
var missing = 0;

foreach (var type in typeof(ConnectionMultiplexer).Assembly.GetTypes().SelectMany(CloseType))
{
    var methods = type.GetMembers(Declared).OfType<MethodBase>().Where(method => method.GetMethodBody() is not null);
    foreach (var method in methods.SelectMany(CloseMethod))
    {
        var arguments = type.GetGenericArguments().Concat(method.IsGenericMethod ? method.GetGenericArguments() : []);
        try
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. arguments.Select(argument => argument.TypeHandle)]);
            compiled++;
        }
        catch (Exception exception) when (exception is TypeLoadException or MissingMemberException or IOException)
        {
            missing++;
            Console.WriteLine($"{type}.{method.Name}: {exception.Message}");
        }
    }
}

Console.WriteLine($"{compiled} methods compile, {missing} do not");
return missing == 0 ? 0 : 1;

IEnumerable<Type> CloseType(Type open) => Close(open, open.IsGenericTypeDefinition, open.GetGenericArguments, open.MakeGenericType);

IEnumerable<MethodBase> CloseMethod(MethodBase open) => open is MethodInfo { IsGenericMethodDefinition: true } generic
    ? Close(open, true, generic.GetGenericArguments, generic.MakeGenericMethod)
    : [open];

IEnumerable<T> Close<T>(T open, bool isOpen, Func<Type[]> parameters, Func<Type[], T> make)
{
    if (!isOpen)
    {
        return [open];
    }

    foreach (var candidate in candidates)
    {
        try
        {
            return [make([.. parameters().Select(_ => candidate)])];
        }
        catch (ArgumentException)
        {
        }
    }

    return [];
}
