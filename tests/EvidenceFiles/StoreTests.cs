using System.Security.Cryptography;
using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.EvidenceFiles;

/// <summary>Wherever evidence is kept, it is kept alike: the stores by themselves, by the real clients over real HTTP.</summary>
public sealed class StoreTests
{
    private static readonly Id Bank = new(Guid.CreateVersion7());
    private static readonly DateTimeOffset Now = TestDatabase.Start;

    public static TheoryData<string> Places => ["folder", "s3", "azure", "azure-sas"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_is_kept_is_found_whole_until_it_is_removed(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        var (first, second, content) = (Name(), Name(), RandomNumberGenerator.GetBytes(300_000));
        Assert.Null(await place.Store.FindAsync(first, Token));
        await place.Store.DeleteAsync(first, Token);

        await place.Store.PutAsync(first, content.AsMemory(), Token);
        await place.Store.PutAsync(second, content.AsMemory(7, 11), Token);

        Assert.Equal(content, await place.Store.FindAsync(first, Token));
        Assert.Equal(content[7..18], await place.Store.FindAsync(second, Token));
        Assert.Null(await place.Store.FindAsync(first with { Bank = new(Guid.CreateVersion7()) }, Token));
        Assert.Equal(new[] { $"{Bank}/{first.File}.evidence", $"{Bank}/{second.File}.evidence" }.Order(StringComparer.Ordinal), place.Kept().Keys.Order(StringComparer.Ordinal));
        await place.Store.DeleteAsync(first, Token);
        await place.Store.DeleteAsync(first, Token);
        Assert.Null(await place.Store.FindAsync(first, Token));
        Assert.Equal($"{Bank}/{second.File}.evidence", Assert.Single(place.Kept()).Key);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_is_kept_under_a_name_is_never_overwritten(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        var name = Name();
        await place.Store.PutAsync(name, "first"u8.ToArray(), Token);

        await Assert.ThrowsAsync<EvidenceStoreException>(() => place.Store.PutAsync(name, "second"u8.ToArray(), Token));

        Assert.Equal("first"u8.ToArray(), await place.Store.FindAsync(name, Token));
        Assert.Single(place.Kept());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task The_old_is_listed_by_pages_and_nothing_that_is_not_ours(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        var old = Enumerable.Range(0, 7).Select(_ => Name()).OrderBy(name => name.ToString(), StringComparer.Ordinal).ToList();
        old.ForEach(name => place.Plant(name.ToString(), [1], Now.AddDays(-2)));
        place.Plant(Name().ToString(), [1], Now);
        place.Plant((Name() with { Bank = new(Guid.CreateVersion7()) }).ToString(), [1], Now.AddDays(-2));
        foreach (var other in new[] { "notes.txt", $"{Name().File}", $"{Name().File}.evidence.bak", $"{Name().File.ToString().ToUpperInvariant()}.evidence", $"{Name().File.Value:N}.evidence", $"deep/{Name().File}.evidence" })
        {
            place.Plant($"{Bank}/{other}", [1], Now.AddDays(-2));
        }

        List<EvidenceName> listed = [];
        await foreach (var name in place.Store.KeptBeforeAsync(Bank, Now.AddDays(-1), Token))
        {
            listed.Add(name);
        }

        Assert.Equal(old, listed.OrderBy(name => name.ToString(), StringComparer.Ordinal));
        Assert.True(kind == "folder" || place.Server.Requests >= 5, "It came in one page.");
    }

    [Theory]
    [InlineData("s3", 500)]
    [InlineData("s3", 503)]
    [InlineData("s3", 403)]
    [InlineData("s3", 0)]
    [InlineData("azure", 500)]
    [InlineData("azure", 503)]
    [InlineData("azure", 403)]
    [InlineData("azure", 0)]
    public async Task A_store_that_fails_or_does_not_answer_is_a_fault_and_nothing_absent(string kind, int status)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        var name = Name();
        (place.Server.Fails, place.Server.Stalls) = (status == 0 ? null : status, status == 0);

        await EachFailsAsync(place.Store, name);

        Assert.Empty(place.Kept());

        // Four deeds, each tried once more where that may help, and not for as long as a deed may take. Of what gets no answer the server may
        // see more than there were tries, or fewer, where a try was over before it came.
        var (least, most) = status switch { 403 => (4, 4), 0 => (1, 40), _ => (8, 8) };
        Assert.InRange(place.Server.Requests, least, most);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task A_deed_takes_no_longer_than_its_limit_however_long_a_try_may(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind, new StoreLimits(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5), 3, 2));
        place.Server.Stalls = true;

        await EachFailsAsync(place.Store, Name()).WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.InRange(place.Server.Requests, 0, 4);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task A_bucket_that_is_not_there_is_a_fault_and_nothing_absent(string kind)
    {
        await using var place = await StorePlace.OpenAsync(kind);
        var limits = new StoreLimits(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), 0, 2);
        using var s3 = new S3EvidenceStore(S3Settings.From(Section(("Bucket", "elsewhere"), ("ServiceUrl", place.Server.Url), ("AccessKey", "k"), ("SecretKey", "s")), Empty), limits);
        var azure = new AzureBlobEvidenceStore(AzureBlobSettings.From(Section(("ContainerUrl", $"{place.Server.Url}/{ObjectServer.Account}/elsewhere?sv=1&sig=x"))), limits);

        await EachFailsAsync(kind == "s3" ? s3 : azure, Name());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_fault_and_the_caller_s_own_end_is_none()
    {
        await using var place = await StorePlace.OpenAsync("s3");
        place.Server.Stalls = true;
        using var caller = new CancellationTokenSource();
        var asked = place.Store.FindAsync(Name(), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await place.Server.DisposeAsync();

        await EachFailsAsync(place.Store, Name());
    }

    [Fact]
    public async Task A_folder_s_file_that_cannot_be_read_is_a_fault_and_nothing_absent()
    {
        await using var place = await StorePlace.OpenAsync("folder");
        var name = Name();
        place.Plant($"{name}/in-the-way", [1], Now);

        await Assert.ThrowsAsync<EvidenceStoreException>(() => place.Store.FindAsync(name, Token));
        await Assert.ThrowsAsync<EvidenceStoreException>(() => place.Store.DeleteAsync(name, Token));
        await Assert.ThrowsAsync<EvidenceStoreException>(() => place.Store.PutAsync(name, "x"u8.ToArray(), Token));
        Assert.Equal([$"{name}/in-the-way"], place.Kept().Keys);
    }

    [Fact]
    public async Task A_store_that_knows_no_conditions_is_asked_first()
    {
        await using var place = await StorePlace.OpenAsync("s3");
        place.Server.KnowsConditions = false;
        var name = Name();

        await place.Store.PutAsync(name, "first"u8.ToArray(), Token);

        await Assert.ThrowsAsync<EvidenceStoreException>(() => place.Store.PutAsync(name, "second"u8.ToArray(), Token));
        Assert.Equal("first"u8.ToArray(), await place.Store.FindAsync(name, Token));
    }

    [Theory]
    [InlineData("Evidence:Store is 'ftp': use folder, s3 or azure.", "Store=ftp")]
    [InlineData("Evidence:S3:Bucket is needed", "Store=s3")]
    [InlineData("Evidence:S3:Bucket is needed", "Store=s3", "S3:Bucket= ", "S3:Region=eu-central-1")]
    [InlineData("Evidence:S3:Region is needed", "Store=s3", "S3:Bucket=b")]
    [InlineData("Evidence:S3:ServiceUrl is no address", "Store=s3", "S3:Bucket=b", "S3:ServiceUrl=minio:9000")]
    [InlineData("Evidence:S3:AccessKey and Evidence:S3:SecretKey belong together", "Store=s3", "S3:Bucket=b", "S3:Region=eu-central-1", "S3:AccessKey=k")]
    [InlineData("Evidence:S3:Prefix is '/a'", "Store=s3", "S3:Bucket=b", "S3:Region=eu-central-1", "S3:Prefix=/a")]
    [InlineData("Evidence:S3:Prefix is 'a/../b'", "Store=s3", "S3:Bucket=b", "S3:Region=eu-central-1", "S3:Prefix=a/../b")]
    [InlineData("Evidence:S3:Bucket is needed", "Store=s3", "Azure:Container= ")]
    [InlineData("Evidence:S3 is set but Evidence:Store is 'folder': set it to s3", "S3:Bucket=b")]
    [InlineData("Evidence:Azure is set but Evidence:Store is 's3': set it to azure", "Store=s3", "S3:Bucket=b", "S3:Region=eu-central-1", "Azure:Container=c")]
    [InlineData("Evidence:Azure:ConnectionString, with Evidence:Azure:Container, or Evidence:Azure:ContainerUrl with a SAS is needed", "Store=azure", "Azure:Container=c")]
    [InlineData("Evidence:Azure:Container is needed", "Store=azure", "Azure:ConnectionString=AccountName=a;AccountKey=a2V5")]
    [InlineData("Evidence:Azure:ConnectionString can't be read", "Store=azure", "Azure:ConnectionString=secret", "Azure:Container=c")]
    [InlineData("are both set: set one of them", "Store=azure", "Azure:ConnectionString=AccountName=a;AccountKey=a2V5", "Azure:ContainerUrl=https://a.blob.core.windows.net/c?sv=1&sig=x")]
    [InlineData("remove Evidence:Azure:Container", "Store=azure", "Azure:Container=c", "Azure:ContainerUrl=https://a.blob.core.windows.net/c?sv=1&sig=x")]
    [InlineData("with a SAS", "Store=azure", "Azure:ContainerUrl=https://a.blob.core.windows.net/c")]
    [InlineData("with a SAS", "Store=azure", "Azure:ContainerUrl=https://a.blob.core.windows.net/?sv=1&sig=x")]
    [InlineData("is not the https address", "Store=azure", "Azure:ContainerUrl=http://a.blob.core.windows.net/c?sv=1&sig=x")]
    public void Settings_that_are_missing_or_against_each_other_stop_the_start_and_say_what_to_set(string says, params string[] settings)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Add(settings));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FolderEvidenceStore")]
    [InlineData("FolderEvidenceStore", "Store=folder")]
    [InlineData("S3EvidenceStore", "Store=s3", "S3:Bucket=b", "S3:Region=eu-central-1", "S3:AccessKey=k", "S3:SecretKey=s")]
    [InlineData("S3EvidenceStore", "Store=s3", "S3:Bucket=b", "S3:ServiceUrl=https://minio.example", "S3:Prefix=agency/evidence/")]
    [InlineData("AzureBlobEvidenceStore", "Store=azure", "Azure:ConnectionString=AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net", "Azure:Container=c")]
    [InlineData("AzureBlobEvidenceStore", "Store=azure", "Azure:ContainerUrl=https://a.blob.core.windows.net/c?sv=1&sig=x", "Azure:Prefix=agency-")]
    public async Task Settings_choose_the_store(string store, params string[] settings)
    {
        await using var services = Add(settings).AddSingleton(new Agency.Api.DataFolder("nowhere")).BuildServiceProvider();

        Assert.Equal(store, services.GetRequiredService<IEvidenceStore>().GetType().Name);
    }

    private static readonly IConfiguration Empty = new ConfigurationBuilder().Build();

    private static EvidenceName Name() => new(Bank, new(Guid.CreateVersion7()));

    private static ServiceCollection Add(string[] settings)
    {
        var services = new ServiceCollection();
        EvidenceSettings.Add(services, new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Evidence:{s.Split('=', 2)[0]}", (string?)s.Split('=', 2)[1]))).Build());
        return services;
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"X:{s.Key}", (string?)s.Value))).Build().GetSection("X");

    private static async Task EachFailsAsync(IEvidenceStore store, EvidenceName name)
    {
        await Assert.ThrowsAsync<EvidenceStoreException>(() => store.PutAsync(name, "x"u8.ToArray(), Token));
        await Assert.ThrowsAsync<EvidenceStoreException>(() => store.FindAsync(name, Token));
        await Assert.ThrowsAsync<EvidenceStoreException>(() => store.DeleteAsync(name, Token));
        await Assert.ThrowsAsync<EvidenceStoreException>(async () =>
        {
            await foreach (var listed in store.KeptBeforeAsync(Bank, Now, Token))
            {
                Assert.Fail($"{listed} was listed.");
            }
        });
    }
}
