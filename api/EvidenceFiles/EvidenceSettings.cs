namespace Agency.Api.EvidenceFiles;

/// <summary>The size and the place of evidence, read from configuration.</summary>
/// <param name="MaxBytes">The most that one file may have.</param>
internal sealed record EvidenceSettings(long MaxBytes)
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
        _ = (section["Store"] ?? "folder") switch
        {
            "folder" => services.AddSingleton<IEvidenceStore, FolderEvidenceStore>(),
            var other => throw new InvalidOperationException($"Evidence:Store is '{other}': use folder."),
        };
    }
}
