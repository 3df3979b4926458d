using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Host;

/// <summary>
/// What harbour and swift go on doing through all lives of the host: contact records, repayments and their confirmation, imports. A deed is sent
/// under one key until it is acknowledged; the body follows from its number alone, so that it is the same each time.
/// </summary>
internal sealed class KilledWork
{
    public const int Accounts = 20;
    public const int Rows = 1500;

    // Terms begin by the day of UTC; money is paid on a day of the debtors' time zone, where it may be tomorrow.
    private readonly DateOnly today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
    private readonly DateOnly paidOn = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).Date);
    private DateTimeOffset worked;
    private List<Case> cases = [];
    private Guid second;

    public List<Guid> Records { get; } = [];

    public List<Guid> Reported { get; } = [];

    public List<Guid> Confirmed { get; } = [];

    public List<Guid> Imports { get; } = [];

    public int Acknowledged => Records.Count + Reported.Count + Confirmed.Count + Imports.Count;

    /// <summary>Swift works harbour's first portfolio; files go into the second.</summary>
    public async Task PrepareAsync(HostCallers callers)
    {
        var agreement = await callers.Harbour.MandateAsync("swift");
        var first = await callers.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Worked", Currency = "CNY" });
        second = (await callers.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loaded", Currency = "CNY" })).Id;
        await callers.Harbour.ImportAsync(first.Id, Story.Csv(Accounts), today);
        var assignment = await callers.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = first.Id, TermStart = today, TermEnd = today.AddMonths(6) });
        await callers.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        cases = await callers.Swift.AllCasesAsync();
        Assert.Equal(Accounts, cases.Count);
        worked = TimeProvider.System.GetUtcNow();
    }

    /// <summary>Goes on until the host is gone.</summary>
    public Task GoOnAsync(HostCallers callers) => Task.WhenAll(
        UntilGoneAsync(() => ReportAsync(callers)), UntilGoneAsync(() => PayAsync(callers)), UntilGoneAsync(() => ImportAsync(callers)));

    /// <summary>One more of each: what was begun is finished.</summary>
    public Task FinishAsync(HostCallers callers) => Task.WhenAll(ReportAsync(callers), PayAsync(callers), ImportAsync(callers));

    /// <summary>What was paid on the account and confirmed.</summary>
    public long PaidOn(Guid account) => Enumerable.Range(0, Confirmed.Count).Where(n => CaseOf(n).Account.Id == account).Sum(AmountOf);

    private async Task ReportAsync(HostCallers callers)
    {
        var n = Records.Count;
        var contact = new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = Outcome.NoAnswer,
            OccurredAt = worked.AddMilliseconds(n),
            Note = $"Contact {n}",
        };
        Records.Add((await callers.Swift.ContactRecords.CreateAsync(CaseOf(n).Id, contact, CallOptions.WithKey($"record-{n}"))).Id);
    }

    private async Task PayAsync(HostCallers callers)
    {
        var n = Confirmed.Count;
        if (Reported.Count == n)
        {
            var money = new NewRepayment { Amount = Story.Cny(AmountOf(n)), PaidOn = paidOn };
            Reported.Add((await callers.Swift.Repayments.CreateAsync(CaseOf(n).Id, money, CallOptions.WithKey($"repayment-{n}"))).Id);
        }

        Confirmed.Add((await callers.Harbour.Repayments.ConfirmAsync(Reported[n], new RepaymentConfirmation(), CallOptions.WithKey($"confirmation-{n}"))).Id);
    }

    // Acknowledged is that the file was taken; loaded it is by whichever life of the host gets to it.
    private async Task ImportAsync(HostCallers callers)
    {
        var n = Imports.Count;
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Story.Csv(Rows, string.Create(CultureInfo.InvariantCulture, $"K{n}"))));
        await callers.Harbour.Portfolios.ImportAsync(second, file, new Accepted(Imports), new ImportOptions { AsOf = today }, CallOptions.WithKey($"import-{n}"));
    }

    private Case CaseOf(int n) => cases[n % Accounts];

    private static long AmountOf(int n) => 1 + (n % 97);

    private static async Task UntilGoneAsync(Func<Task> deed)
    {
        try
        {
            while (true)
            {
                await deed();
            }
        }
        catch (AgencyConnectionException)
        {
            // The host is gone; what it did not acknowledge is sent again to the next.
        }
    }

    private sealed class Accepted(List<Guid> imports) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            if (value.Import is { } import && !imports.Contains(import.Id))
            {
                imports.Add(import.Id);
            }
        }
    }
}
