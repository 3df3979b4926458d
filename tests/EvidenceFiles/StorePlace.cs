using Agency.Api;
using Agency.Api.EvidenceFiles;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.EvidenceFiles;

/// <summary>One of the places that evidence can be kept in, seen past its store: a folder, or a server of objects behind the real client.</summary>
internal sealed class StorePlace : IAsyncDisposable
{
    private static readonly StoreLimits Tight = new(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(500), 1, 2);

    private readonly TestDatabase data;
    private readonly ServiceProvider services;

    private StorePlace(string kind, TestDatabase data, ObjectServer? server, StoreLimits limits)
    {
        this.data = data;
        Kind = kind;
        Server = server!;
        var setup = new ServiceCollection();
        setup.AddLogging();
        EvidenceSettings.Add(setup, new ConfigurationBuilder().AddInMemoryCollection(Settings()).Build());
        services = setup.AddSingleton(new DataFolder(data.Folder)).AddSingleton(limits).BuildServiceProvider();
    }

    public string Kind { get; }

    /// <summary>Where objects are kept; a folder has none.</summary>
    public ObjectServer Server { get; }

    /// <summary>The store, with little patience and pages of two unless it was opened otherwise.</summary>
    public IEvidenceStore Store => services.GetRequiredService<IEvidenceStore>();

    private string Folder => Path.Combine(data.Folder, "evidence");

    public static async Task<StorePlace> OpenAsync(string kind, StoreLimits? limits = null) =>
        new(kind, await TestDatabase.CreateAsync(), kind == "folder" ? null : await ObjectServer.StartAsync(), limits ?? Tight);

    /// <summary>Has a service keep its evidence here.</summary>
    public void Configure(WebApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(Settings());

    /// <summary>Has a service on another database keep its evidence in the very same folder.</summary>
    public void Share(WebApplicationBuilder builder, TestDatabase other)
    {
        builder.Configuration["Data:Folder"] = data.Folder;
        builder.Configuration["Database:ConnectionString"] = $"Data Source={Path.Combine(other.Folder, "agency.db")}";
    }

    /// <summary>A service of its own database beside it, and on this place.</summary>
    public Task<Story> AtCasesAsync(Action<WebApplicationBuilder>? configure = null) => Story.AtCasesAsync(configure: Configure + configure, database: data);

    /// <summary>What is kept, by names without the prefix.</summary>
    public Dictionary<string, byte[]> Kept() => Kind == "folder"
        ? new DirectoryInfo(Folder) is { Exists: true } folder ? folder.GetFiles("*", SearchOption.AllDirectories).ToDictionary(NameOf, file => File.ReadAllBytes(file.FullName), StringComparer.Ordinal) : []
        : Server.Objects.ToDictionary(o => o.Key[Prefix.Length..], o => o.Value.Content, StringComparer.Ordinal);

    /// <summary>Waits until so many are left: what belongs to no row is removed after its request was answered.</summary>
    public Task EndsWithAsync(int count) => Eventually.SeeAsync(() => Kept().Count == count);

    /// <summary>Puts something there past the store, as if at that time.</summary>
    public void Plant(string name, byte[] content, DateTimeOffset at)
    {
        if (Kind != "folder")
        {
            Server.Objects[Prefix + name] = new(content, at);
            return;
        }

        var path = Path.Combine([Folder, .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, at.UtcDateTime);
    }

    /// <summary>From now on nothing can be kept or read here.</summary>
    public void Break()
    {
        if (Kind != "folder")
        {
            Server.Fails = 500;
            return;
        }

        if (Directory.Exists(Folder))
        {
            Directory.Move(Folder, Folder + "-away");
        }

        File.WriteAllText(Folder, "in the way");
    }

    public void Mend()
    {
        if (Kind != "folder")
        {
            Server.Fails = null;
            return;
        }

        File.Delete(Folder);
        if (Directory.Exists(Folder + "-away"))
        {
            Directory.Move(Folder + "-away", Folder);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        data.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    private string Prefix => Kind == "s3" ? "kept/" : "";

    private string NameOf(FileInfo file) => Path.GetRelativePath(Folder, file.FullName).Replace('\\', '/');

    private Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Evidence:Store"] = Kind == "azure-sas" ? "azure" : Kind };
        switch (Kind)
        {
            case "s3":
                settings["Evidence:S3:Bucket"] = ObjectServer.Bucket;
                settings["Evidence:S3:ServiceUrl"] = Server.Url;
                settings["Evidence:S3:Prefix"] = Prefix;
                settings["Evidence:S3:AccessKey"] = "example-key";
                settings["Evidence:S3:SecretKey"] = "example-secret";
                break;
            case "azure":
                settings["Evidence:Azure:ConnectionString"] = $"AccountName={ObjectServer.Account};AccountKey=ZXhhbXBsZS1rZXk=;BlobEndpoint={Server.Url}/{ObjectServer.Account};";
                settings["Evidence:Azure:Container"] = ObjectServer.Container;
                break;
            case "azure-sas":
                settings["Evidence:Azure:ContainerUrl"] = $"{Server.Url}/{ObjectServer.Account}/{ObjectServer.Container}?sv=2024-11-04&sr=c&sp=rcdl&sig=ZXhhbXBsZQ%3D%3D";
                break;
        }

        return settings;
    }
}
