using System.Text.RegularExpressions;

namespace Agency.Api.EvidenceFiles;

/// <summary>The size and the place of evidence, read from configuration.</summary>
/// <param name="MaxBytes">The most that one file may have.</param>
internal sealed partial record EvidenceSettings(long MaxBytes)
{
    private const long DefaultMaxBytes = 10 * 1024 * 1024;
    private const long Ceiling = 100 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">A setting is missing, out of range or against another; the message says what to set.</exception>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection("Evidence");
        var max = section.GetValue<long?>("MaxBytes") ?? DefaultMaxBytes;
        if (max is < 1 or > Ceiling)
        {
            throw new InvalidOperationException($"Evidence:MaxBytes is {max}: use 1 to {Ceiling}.");
        }

        services.AddSingleton(new EvidenceSettings(max)).AddSingleton<EvidenceLinks>().AddSingleton(StoreLimits.Usual);
        services.AddSingleton<EvidenceSweep>().AddHostedService(provider => provider.GetRequiredService<EvidenceSweep>());
        AddStore(services, section, configuration);
    }

    private static void AddStore(IServiceCollection services, IConfigurationSection section, IConfiguration configuration)
    {
        var store = Find(section, "Store") ?? "folder";
        foreach (var (name, part) in new[] { ("s3", "S3"), ("azure", "Azure") }.Where(other => other.Item1 != store && section.GetSection(other.Item2).AsEnumerable().Any(set => !string.IsNullOrWhiteSpace(set.Value))))
        {
            throw new InvalidOperationException($"Evidence:{part} is set but Evidence:Store is '{store}': set it to {name}, or remove Evidence:{part}.");
        }

        switch (store)
        {
            case "folder":
                services.AddSingleton<IEvidenceStore, FolderEvidenceStore>();
                break;
            case "s3":
                services.AddSingleton(S3Settings.From(section.GetSection("S3"), configuration)).AddSingleton<IEvidenceStore, S3EvidenceStore>();
                break;
            case "azure":
                services.AddSingleton(AzureBlobSettings.From(section.GetSection("Azure"))).AddSingleton<IEvidenceStore, AzureBlobEvidenceStore>();
                break;
            default:
                throw new InvalidOperationException($"Evidence:Store is '{store}': use folder, s3 or azure.");
        }
    }

    /// <summary>A setting; one that is blank counts as missing, as environments can't leave one out so easily.</summary>
    internal static string? Find(IConfiguration section, string key) => string.IsNullOrWhiteSpace(section[key]) ? null : section[key]!.Trim();

    /// <summary>What every object's name begins with.</summary>
    /// <exception cref="InvalidOperationException">It would not reach the store as it is.</exception>
    internal static string PrefixOf(IConfigurationSection section)
    {
        var prefix = Find(section, "Prefix") ?? "";
        return Plain().IsMatch(prefix) && !prefix.Contains("..", StringComparison.Ordinal) && !prefix.Contains("//", StringComparison.Ordinal)
            ? prefix
            : throw new InvalidOperationException($"{section.Path}:Prefix is '{prefix}': use letters, digits, '-', '_', '.' and '/', beginning with a letter or a digit, without '..' and '//'.");
    }

    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9._/-]{0,200})?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Plain();
}
