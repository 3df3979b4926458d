using Agency.Host;
using Agency.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Tenants;

public sealed class TenantCommands
{
    [Fact]
    public async Task A_service_is_set_up_from_a_shell()
    {
        using var database = TestDatabase.Empty();
        database.Migrate();

        Assert.Equal(1, (await RunAsync(database, "create", "harbour", "--name", "Harbour", "--kind", "bank")).Code);
        Assert.Equal(0, (await RunAsync(database, "create", "operator", "--name", "Operator", "--kind", "operator")).Code);
        Assert.Equal(0, (await RunAsync(database, "create", "harbour", "--name", "Harbour", "--kind", "bank")).Code);
        var client = await RunAsync(database, "client", "harbour", "harbour-api");
        var person = await RunAsync(database, "person", "harbour", "analyst@harbour.example", "--name", "An Analyst", "--role", "analyst", "--password", TestDatabase.Password);
        var list = await RunAsync(database, "list");

        await using var service = await TestService.StartAsync(database: database);
        await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-api", client.Output.Trim().Split(' ')[^1]);
        await service.TokenForPersonAsync("analyst@harbour.example");
        Assert.DoesNotContain(TestDatabase.Password, person.Output, StringComparison.Ordinal);
        Assert.Contains("harbour", list.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "destroy", "harbour")]
    [InlineData(2, "create", "harbour", "--name")]
    [InlineData(2, "create", "harbour", "--name", "Harbour")]
    [InlineData(2, "client", "harbour", "x-api", "--secrets", "x")]
    [InlineData(1, "create", "harbour", "--name", "Harbour", "--kind", "bank")]
    [InlineData(1, "create", "Nord", "--name", "Nord", "--kind", "bank")]
    [InlineData(1, "create", "nord", "--name", "Nord", "--kind", "zoo")]
    [InlineData(1, "create", "second", "--name", "Second", "--kind", "operator")]
    [InlineData(1, "client", "nobody", "x-api")]
    [InlineData(1, "client", "harbour", "x-api", "--scopes", "tenants:write")]
    [InlineData(1, "person", "harbour", "x@harbour.example", "--name", "X", "--role", "collector")]
    [InlineData(1, "person", "harbour", "x@harbour.example", "--name", "X", "--role", "analyst", "--password", "kettle plum gr")]
    [InlineData(1, "person", "harbour", "x@harbour.example", "--name", "X", "--role", "analyst", "--password", "harbourbankharbourbank")]
    public async Task What_is_wrong_is_said_and_changes_nothing(int code, params string[] words)
    {
        using var database = await TestDatabase.CreateAsync();

        var run = await RunAsync(database, words);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.NotEqual("", run.Error);
        Assert.Equal("5", database.Scalar("SELECT COUNT(*) FROM base_tenant"));
        Assert.Equal("5", database.Scalar("SELECT COUNT(*) FROM auth_client WHERE client_type = 'confidential'"));
    }

    [Fact]
    public async Task An_empty_database_is_to_be_migrated_first()
    {
        using var database = TestDatabase.Empty();

        var run = await RunAsync(database, "list");

        Assert.Equal(1, run.Code);
        Assert.Contains("-- migrate --engine sqlite", run.Error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(TestDatabase database, params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await TenantCommand.RunAsync(words, output, error, builder => database.Configure(builder, new FakeTimeProvider(TestDatabase.Start)));
        return (code, output.ToString(), error.ToString());
    }
}
