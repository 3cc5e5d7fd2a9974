namespace UsersApi.Bench.Subjects;

/// <summary>What the driver tells a subject on its command line.</summary>
/// <param name="BodyFile">The bytes that those which compute nothing answer with; empty for the subject that they are taken from.</param>
/// <param name="IsCompressed">Whether clients accept gzip: subjects that need another set-up for it have it then only.</param>
internal sealed record SubjectSettings(string BodyFile, bool IsCompressed)
{
    private const string Compressed = "--compressed";

    public static SubjectSettings Parse(string[] arguments) =>
        new(arguments.FirstOrDefault(argument => argument != Compressed) ?? "", arguments.Contains(Compressed));

    public IEnumerable<string> ToArguments() => IsCompressed ? [BodyFile, Compressed] : [BodyFile];

    public byte[] ReadBody() => File.ReadAllBytes(BodyFile);
}
