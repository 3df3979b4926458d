using Agency.Api.Data;

namespace Agency.Api;

/// <summary>Where the service keeps its files: database, keys, spooled imports. It survives restarts and is backed up.</summary>
public sealed record DataFolder(string Path)
{
    /// <summary>The file of the key ring.</summary>
    public string KeyRing => File("keys", "ring.json");

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);
}

/// <summary>The database the service works on, read from configuration.</summary>
/// <param name="Engine"><c>sqlite</c> (the default, embedded) or <c>sqlserver</c>.</param>
/// <param name="Application">Connection string of the login in the role agency_app.</param>
/// <param name="Identity">Connection string of the login in the role agency_identity.</param>
/// <param name="Operator">Connection string of the login in the role agency_operator.</param>
/// <param name="PoolSize">How many connections each of the three has at once; from 2.</param>
public sealed record DatabaseSettings(string Engine, string Application, string Identity, string Operator, int PoolSize)
{
    internal const int DefaultPoolSize = 32;

    /// <exception cref="InvalidOperationException">The configuration names no such engine, lacks a connection string, or has no pool to speak of.</exception>
    public static DatabaseSettings From(IConfiguration configuration, DataFolder folder)
    {
        var section = configuration.GetSection("Database");
        var poolSize = section.GetValue("PoolSize", DefaultPoolSize);
        if (poolSize < Slots.Fewest)
        {
            throw new InvalidOperationException($"Database:PoolSize is {poolSize}: use {Slots.Fewest} or more.");
        }

        switch (section["Engine"] ?? "sqlite")
        {
            case "sqlite":
                var file = section["ConnectionString"] ?? $"Data Source={folder.File("agency.db")}";
                return new("sqlite", file, file, file, poolSize);
            case "sqlserver":
                return new("sqlserver", Required(section, "ConnectionString"), Required(section, "IdentityConnectionString"), Required(section, "OperatorConnectionString"), poolSize);
            case var other:
                throw new InvalidOperationException($"Database:Engine is '{other}': use sqlite or sqlserver.");
        }
    }

    private static string Required(IConfigurationSection section, string key) =>
        section[key] ?? throw new InvalidOperationException($"Database:{key} is needed for SQL Server.");
}
