using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Imports;

/// <summary>A file may end with its totals; what does not agree stops the import before its first row.</summary>
public sealed class TrailerTests
{
    private const string Rows = """
        account_number,debtor_reference,debtor_name,principal,interest,oldest_due_date
        T-1,TD-1,Example One,1000,50,2026-01-01
        T-2,TD-2,Example Two,-7,0,2026-01-01

        """;

    private const string Lines = """
        {"account_number":"T-1","debtor_reference":"TD-1","debtor_name":"Example One","principal":1000,"interest":50,"oldest_due_date":"2026-01-01"}
        {"account_number":"T-2","debtor_reference":"TD-2","debtor_name":"Example Two","principal":-7,"oldest_due_date":"2026-01-01"}

        """;

    [Theory]
    [InlineData("#trailer,rows=2,principal=993,interest=50,fees=0\n")]
    [InlineData("#trailer,rows=2")]
    [InlineData("\n#trailer,principal=993,rows=2\n\n")]
    public async Task What_agrees_is_loaded(string trailer) => await AgreesAsync(Rows + trailer, "text/csv");

    [Theory]
    [InlineData("{\"trailer\":{\"rows\":2,\"principal\":993}}")]
    [InlineData("{\"trailer\":{\"rows\":2}}\n\n")]
    public async Task What_agrees_is_loaded_from_lines_too(string trailer) => await AgreesAsync(Lines + trailer, "application/x-ndjson");

    [Theory]
    [InlineData("#trailer,rows=3\n", "import.trailer_mismatch")]
    [InlineData("#trailer,rows=2,principal=1000\n", "import.trailer_mismatch")]
    [InlineData("#trailer,rows=2,principal=993,interest=51\n", "import.trailer_mismatch")]
    [InlineData("#trailer,rows=2,fees=1\n", "import.trailer_mismatch")]
    [InlineData("#trailer,principal=993\n", "import.trailer_malformed")]
    [InlineData("#trailer,rows=two\n", "import.trailer_malformed")]
    [InlineData("#trailer,rows=2,total=993\n", "import.trailer_malformed")]
    [InlineData("#trailer,rows=2,rows=2\n", "import.trailer_malformed")]
    public async Task What_does_not_agree_stops_the_import_with_nothing_loaded(string trailer, string code) => await StopsAsync(Rows + trailer, "text/csv", code);

    [Theory]
    [InlineData("{\"trailer\":{\"rows\":1}}", "import.trailer_mismatch")]
    [InlineData("{\"trailer\":{\"rows\":\"2\"}}", "import.trailer_malformed")]
    [InlineData("{\"trailer\":{\"rows\":2},\"more\":1}", "import.trailer_malformed")]
    [InlineData("{\"trailer\":2}", "import.trailer_malformed")]
    public async Task Lines_that_do_not_agree_stop_it_too(string trailer, string code) => await StopsAsync(Lines + trailer, "application/x-ndjson", code);

    [Fact]
    public async Task Anywhere_but_at_the_end_it_is_a_row_that_can_not_be_read()
    {
        await using var story = await Story.AtTenantsAsync();

        var import = await SendAsync(story, Rows.Replace("T-2", "#trailer,rows=1\nT-2", StringComparison.Ordinal), "text/csv");

        Assert.Equal((ImportState.Completed, 3L, 1L), (import.State, import.RowsRead, import.RowsAccepted));
        Assert.Equal(["row.malformed", "account.balance_not_positive"], (await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items.Select(error => error.Code));
    }

    private static async Task AgreesAsync(string file, string type)
    {
        await using var story = await Story.AtTenantsAsync();

        var import = await SendAsync(story, file, type);

        Assert.Equal((ImportState.Completed, 2L, 1L, 1L), (import.State, import.RowsRead, import.RowsAccepted, import.RowsRejected));
    }

    private static async Task StopsAsync(string file, string type, string code)
    {
        await using var story = await Story.AtTenantsAsync();

        var import = await SendAsync(story, file, type);

        Assert.Equal((ImportState.Failed, code, 0L), (import.State, import.FailureCode, import.RowsRead));
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_account"));
        Assert.Equal(code == "import.trailer_mismatch" ? ["trailer.differs"] : [], (await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items.Select(error => error.Code));
    }

    private static async Task<Import> SendAsync(Story story, string file, string type)
    {
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Totals", Currency = "CNY" });
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(file));
        return await story.Harbour.Portfolios.ImportAsync(portfolio.Id, stream, import: new ImportOptions { ContentType = type, AsOf = story.Today });
    }
}
