using System.Diagnostics;
using System.Globalization;
using Agency.Host;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Host;

/// <summary>The host is killed at random moments of posting and importing and started again on what is left; its callers send again under the same keys.</summary>
public sealed class KillTests
{
    // Long enough for some of everything, short enough that most lives end in the midst of it.
    private const int LongestLife = 900;

    [Theory]
    [InlineData(12)]
    public Task Nothing_acknowledged_is_lost_and_nothing_is_there_twice_however_often_the_host_is_killed(int kills) => KillAsync(kills);

    [Theory(Explicit = true)]
    [InlineData(100)]
    [InlineData(500)]
    public Task Nothing_acknowledged_is_lost_and_nothing_is_there_twice_after_hundreds_of_kills(int kills) => KillAsync(kills);

    private static async Task KillAsync(int kills)
    {
        using var database = await TestDatabase.CreateAsync();
        var work = new KilledWork();
        var random = new Random(kills);
        var (watch, starting, replayed) = (Stopwatch.StartNew(), TimeSpan.Zero, 0);
        await LiveAsync(work.PrepareAsync);
        for (var kill = 0; kill < kills; kill++)
        {
            await LiveAsync(async callers =>
            {
                var working = work.GoOnAsync(callers);
                await Task.WhenAny(working, Task.Delay(random.Next(LongestLife)));
            }, work);
        }

        await LiveAsync(async callers =>
        {
            await work.FinishAsync(callers);
            await CompareAsync(callers, work, database);
        });
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kills} kills in {watch.Elapsed.TotalSeconds:0} s ({starting.TotalSeconds / (kills + 2):0.0} s a start): {work.Acknowledged} acknowledged, {replayed} answered by the record of a former life."));
        await CheckAuditAsync(database);

        async Task LiveAsync(Func<HostCallers, Task> live, KilledWork? killed = null)
        {
            var began = watch.Elapsed;
            using var host = await HostProcess.StartAsync(database.Folder);
            using var callers = new HostCallers(host.Api);
            starting += watch.Elapsed - began;
            var living = live(callers);
            await living;
            await host.KillAsync();
            replayed += callers.Replayed;
            Assert.DoesNotContain("fail:", host.Said, StringComparison.Ordinal);
        }
    }

    private static async Task CompareAsync(HostCallers callers, KilledWork work, TestDatabase database)
    {
        var records = await callers.Swift.ContactRecords.ListAsync(pageSize: 1000).ToListAsync();
        Assert.Equal(work.Records.Order(), records.Select(record => record.Id).Order());
        Assert.Equal(work.Records.Count, records.Select(record => record.OccurredAt).Distinct().Count());

        var repayments = await callers.Harbour.Repayments.ListAsync(pageSize: 1000).ToListAsync();
        Assert.Equal(work.Reported.Order(), repayments.Select(repayment => repayment.Id).Order());
        Assert.Equal(work.Reported, work.Confirmed);
        Assert.All(repayments, repayment => Assert.Equal(RepaymentState.Confirmed, repayment.State));

        foreach (var account in (await callers.Swift.AllCasesAsync()).Select(@case => @case.Account))
        {
            var number = int.Parse(account.AccountNumber.AsSpan(2), CultureInfo.InvariantCulture);
            var ledger = await callers.Harbour.Accounts.ListLedgerEntriesAsync(account.Id, pageSize: 1000).ToListAsync();
            Assert.Equal(OwedOn(number) - work.PaidOn(account.Id), (await callers.Harbour.Accounts.GetAsync(account.Id)).Balance.Total.Amount);
            Assert.Equal(OwedOn(number) - work.PaidOn(account.Id), ledger.Sum(entry => entry.Amount.Amount));
        }

        foreach (var import in work.Imports)
        {
            var loaded = await callers.Harbour.Imports.GetAsync(import);
            Assert.Equal((ImportState.Completed, KilledWork.Rows, KilledWork.Rows), (loaded.State, (int)loaded.RowsRead, (int)loaded.RowsAccepted));
        }

        var files = work.Imports.Count;
        Assert.Equal($"{files + 1}", database.Scalar("SELECT COUNT(*) FROM base_import"));
        Assert.Equal($"{(files * KilledWork.Rows) + KilledWork.Accounts}", database.Scalar("SELECT COUNT(*) FROM base_account"));
        Assert.Equal($"{files * Enumerable.Range(1, KilledWork.Rows).Sum(OwedOn)}", database.Scalar("SELECT SUM(principal + interest + fees) FROM base_account WHERE account_number LIKE 'K%'"));
        Assert.Equal($"{files * Enumerable.Range(1, KilledWork.Rows).Sum(OwedOn)}", database.Scalar(
            "SELECT SUM(e.amount) FROM base_ledger_entry AS e INNER JOIN base_account AS a ON a.bank_id = e.bank_id AND a.id = e.account_id WHERE a.account_number LIKE 'K%'"));
        foreach (var (action, count) in ((string, int)[])
            [("contact_record.reported", work.Records.Count), ("repayment.reported", work.Reported.Count), ("repayment.confirmed", work.Confirmed.Count), ("import.completed", files + 1)])
        {
            Assert.Equal($"{count}", database.Scalar($"SELECT COUNT(*) FROM base_audit_entry WHERE action = '{action}'"));
        }

        Assert.Equal($"{work.Records.Count}", database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'contact_record.reported'"));
        Assert.Equal($"{work.Confirmed.Count}", database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'repayment.confirmed'"));
    }

    // By the clock that the host wrote it with.
    private static async Task CheckAuditAsync(TestDatabase database)
    {
        Assert.Equal("ok", database.Scalar("PRAGMA integrity_check"));
        Assert.Equal("", database.Scalar("SELECT \"table\" FROM pragma_foreign_key_check"));
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(0, await VerifyAuditCommand.RunAsync([], output, output, builder => database.Configure(builder, TimeProvider.System)));
        Assert.EndsWith("Intact.", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    private static long OwedOn(int number) => 105_500L * number;
}
