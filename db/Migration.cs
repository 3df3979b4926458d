using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Agency.Db;

/// <summary>One migration as it ships inside this assembly: its folder's name and the text for one engine.</summary>
public sealed record Migration(string Name, string Text)
{
    /// <summary>What the journal keeps: the name and the text's digest, so that an edit after landing is noticed.</summary>
    public string Entry => $"{Name} {Digest}";

    private string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));

    /// <summary>All migrations for <c>sqlserver</c> or <c>sqlite</c>, in order.</summary>
    public static IReadOnlyList<Migration> All(string engine)
    {
        var assembly = typeof(Migration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Select(resource => resource.Replace('\\', '/'))
                .Where(resource => resource.EndsWith($"/{engine}.sql", StringComparison.Ordinal))
                .OrderBy(resource => resource, StringComparer.Ordinal)
                .Select(resource => new Migration(resource.Split('/')[^2], Read(assembly, resource))),
        ];
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)
            ?? assembly.GetManifestResourceStream(resource.Replace('/', '\\'))
            ?? throw new InvalidOperationException($"The migration {resource} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
