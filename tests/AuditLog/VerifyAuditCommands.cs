using Agency.Host;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.AuditLog;

/// <summary><c>verify-audit</c>, as a shell runs it.</summary>
public sealed class VerifyAuditCommands
{
    [Fact]
    public async Task An_untouched_log_is_intact()
    {
        using var database = await HistoryAsync();

        var run = await RunAsync(database);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"(?m)^harbour +3 sealed, 0 unsealed, last checkpoint 3 of 2026-03-02 02:00:00Z\r?$", run.Output);
        Assert.Matches(@"(?m)^lantern +0 sealed, 0 unsealed, no checkpoint\r?$", run.Output);
        Assert.Contains("It can't see", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("Intact.", run.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_its_seal_is_told_with_its_age()
    {
        using var database = await HistoryAsync();
        database.Tamper("DELETE FROM base_audit_seal");
        File.Delete(Path.Combine(database.Folder, "audit", "checkpoints.jsonl"));

        var run = await RunAsync(database, TimeSpan.FromMinutes(5));

        Assert.Equal(0, run.Code);
        Assert.Matches(@"(?m)^harbour +0 sealed, 3 unsealed, the oldest for 5 min, no checkpoint\r?$", run.Output);
    }

    [Theory]
    [InlineData("UPDATE base_audit_entry SET detail = 'another' WHERE action = 'portfolio.created'", "Altered: Entry ")]
    [InlineData("DELETE FROM base_audit_entry WHERE action = 'portfolio.created'", "Removed: Seal 1 is of entry ")]
    [InlineData("DELETE FROM base_audit_seal WHERE number = 2", "Removed: Seal 3 follows seal 1")]
    [InlineData("DELETE FROM base_audit_seal WHERE number = 3", "CutShort: The chain ends with seal 2; the checkpoint of 2026-03-02 02:00:00Z names seal 3.")]
    [InlineData("DELETE FROM base_audit_seal; DELETE FROM base_audit_entry; DELETE FROM base_tenant WHERE code = 'harbour'", "Removed: A checkpoint names this tenant")]
    public async Task What_was_done_to_it_is_told_in_a_sentence(string tampering, string sentence)
    {
        using var database = await HistoryAsync();
        database.Tamper(tampering);

        var run = await RunAsync(database);

        Assert.Equal(1, run.Code);
        Assert.Contains(sentence, run.Output, StringComparison.Ordinal);
        Assert.Contains("NOT intact", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_keys_nothing_is_proved_and_no_others_are_made()
    {
        using var database = await HistoryAsync();
        var ring = Path.Combine(database.Folder, "keys", "ring.json");
        File.Delete(ring);

        var run = await RunAsync(database);

        Assert.Equal(1, run.Code);
        Assert.Contains("no key ring", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ring));
    }

    [Fact]
    public async Task Other_words_are_answered_with_the_usage()
    {
        using var database = TestDatabase.Empty();

        var run = await RunAsync(database, default, "harbour");

        Assert.Equal(2, run.Code);
        Assert.StartsWith("usage:", run.Error, StringComparison.Ordinal);
    }

    private static async Task<TestDatabase> HistoryAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await using var story = await Story.AtTenantsAsync(database: database);
        for (var n = 0; n < 3; n++)
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards {n}", Currency = "CNY" });
        }

        return database;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(TestDatabase database, TimeSpan later = default, params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await VerifyAuditCommand.RunAsync(words, output, error, builder => database.Configure(builder, new FakeTimeProvider(TestDatabase.Start + later)));
        return (code, output.ToString(), error.ToString());
    }
}
