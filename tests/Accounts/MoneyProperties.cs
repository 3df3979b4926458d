using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using CsCheck;

namespace Agency.Tests.Accounts;

/// <summary>
/// Money is confirmed, rejected, reversed, paid directly, matched and refreshed in random order, and parts of the debt waived. After every
/// step an account owes what a plain sum says: the figures of the last refresh, each bucket less what is waived of it from later days,
/// less the money that stands and was paid on later days. The sum knows of no order, so no order can make a difference.
/// </summary>
public sealed class MoneyProperties
{
    private const int Sequences = 48;
    private const int Reports = 4;

    private static readonly Gen<long> Amounts = Gen.Frequency((3, Gen.Long[1, 60_000]), (1, Gen.OneOf(500L, 5_500L, 105_499L, 105_500L, 105_501L)));
    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 9], Gen.Int[0, 9], Amounts, Gen.Int[0, 6], Gen.Bool, (kind, i, j, amount, day, accept) => new Step(kind, i, j, amount, day, accept));
    private static readonly Gen<((long Amount, int Day)[] Reported, Step[] Steps)> Sequence = Gen.Select(Gen.Select(Amounts, Gen.Int[0, 6]).Array[Reports], Steps.Array[8, 24]);

    [Fact]
    public async Task Every_order_of_deeds_leads_to_the_plain_sum()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Csv(), 300);
        var cases = story.Cases.Values.OrderBy(c => c.Account.AccountNumber, StringComparer.Ordinal).ToList();
        story.Service.Clock.Advance(TimeSpan.FromDays(6));

        // Under a fixed seed: the same every run, and an account of its own for each sequence.
        foreach (var (sequence, @case) in Sequence.Array[Sequences].Single(_ => true, "0N0XIzNsQ0O2").Zip(cases))
        {
            await new Run(story, @case).FollowAsync(sequence.Reported, sequence.Steps);
        }
    }

    private static string Csv() => "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n"
        + string.Concat(Enumerable.Range(1, Sequences).Select(n => Row(string.Create(CultureInfo.InvariantCulture, $"P-{n}"), 100_000, 5_000, 500)));

    private static string Row(string number, long principal, long interest, long fees) =>
        string.Create(CultureInfo.InvariantCulture, $"{number},D-{number},Example Debtor,{principal},{interest},{fees},2026-01-01\n");

    private sealed record Step(int Kind, int I, int J, long Amount, int Day, bool Accept);

    /// <summary>One account: each step done over the API and on the model, and both compared.</summary>
    private sealed class Run(Story story, Case @case)
    {
        private static readonly DateOnly FirstDay = DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime);

        private readonly Model model = new();
        private readonly Guid account = @case.Account.Id;

        public async Task FollowAsync((long Amount, int Day)[] reported, Step[] steps)
        {
            foreach (var (amount, day) in reported)
            {
                model.Reports.Add(new(amount, day, (await story.ReportAsync(amount, FirstDay.AddDays(day), @case)).Id) { State = "Reported" });
            }

            foreach (var (step, number) in steps.Select((step, number) => (step, number)))
            {
                var (report, payment) = (model.Reports[step.I % Reports], model.Payments.Count == 0 ? null : model.Payments[step.J % model.Payments.Count]);
                await ((step.Kind, payment) switch
                {
                    (0 or 1, _) => SameAsync(model.Confirm(report, step.Accept), () => story.Harbour.Repayments.ConfirmAsync(report.Id, new RepaymentConfirmation { AcceptOverpayment = step.Accept })),
                    (2, _) => SameAsync(model.Reverse(report), () => story.Harbour.Repayments.ReverseAsync(report.Id, Deeds.Because)),
                    (3, _) => BookAsync(step.Amount, step.Day, step.Accept, null, number),
                    (4, not null) => SameAsync(model.Reverse(payment), () => story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because)),
                    (5, not null) => SameAsync(model.Match(report, payment, "Reported"), () => story.Harbour.Repayments.ConfirmAsync(report.Id, new RepaymentConfirmation { SameAs = payment.Id })),
                    (6, _) => BookAsync(report.Amount, step.Day, false, report, number),
                    (7, _) => RefreshAsync(step.Amount, step.Day),
                    (8 or 9, _) => WaiveAsync(step.J % 3, step.Amount, step.Accept ? step.Day : null),
                    (10, _) when model.Waivers.Count > 0 => ReverseAsync(model.Waivers[step.J % model.Waivers.Count]),
                    _ => Task.Run(() => story.Service.Clock.Advance(TimeSpan.FromMinutes(1))),
                });
                await CompareAsync(string.Create(CultureInfo.InvariantCulture, $"{@case.Account.AccountNumber} step {number}: {step}"));
            }
        }

        private async Task BookAsync(long amount, int day, bool accept, Money? same, int number)
        {
            var (expected, booked) = model.Book(amount, day, accept, same);
            await SameAsync(expected, async () =>
            {
                var reference = string.Create(CultureInfo.InvariantCulture, $"{@case.Account.AccountNumber}/{number}");
                booked!.Id = (await story.PaidDirectlyAsync(amount, reference, FirstDay.AddDays(day), account, same?.Id, accept)).Id;
            });
        }

        private async Task RefreshAsync(long amount, int day)
        {
            var expected = model.Refresh(amount, day);
            var (fees, interest) = (amount / 10, amount / 5);
            var csv = "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n" + Row(@case.Account.AccountNumber, amount - fees - interest, interest, fees);
            var import = await story.Harbour.ImportAsync(story.Portfolio.Id, csv, FirstDay.AddDays(day), ImportMode.Refresh);
            Assert.Equal(expected, import.RowsRefreshed == 1 ? "done" : Assert.Single((await story.Harbour.Imports.ListErrorsPageAsync(import.Id)).Items).Code);
        }

        // No more than the bucket owes, which depends on the order of deeds where its sum does not.
        private async Task WaiveAsync(int bucket, long most, int? day)
        {
            var balance = (await story.AccountAsync(account)).Balance;
            long[] owed = [balance.Principal.Amount, balance.Interest.Amount, balance.Fees.Amount];
            var amount = Math.Min(most, owed[bucket]);
            if (amount > 0)
            {
                var parts = new long[3];
                parts[bucket] = amount;
                var (expected, waiver) = model.Waive(parts, day, story.Today.DayNumber - FirstDay.DayNumber);
                await SameAsync(expected, async () =>
                    waiver!.Id = (await story.ForgiveAsync(parts[0], parts[1], parts[2], day is { } on ? FirstDay.AddDays(on) : null, account)).Id);
            }
        }

        private Task ReverseAsync(Waived waiver) => SameAsync(model.Reverse(waiver), () => story.Harbour.Waivers.ReverseAsync(waiver.Id, Deeds.Because));

        private static async Task SameAsync(string expected, Func<Task> deed)
        {
            try
            {
                await deed();
                Assert.Equal("done", expected);
            }
            catch (AgencyException refusal)
            {
                Assert.Equal(expected, refusal.Code);
            }
        }

        private async Task CompareAsync(string after)
        {
            var read = await story.AccountAsync(account);
            var ledger = (await story.LedgerAsync(account)).Sum();
            Assert.True(model.Owed == read.Balance.Total.Amount, $"{after}: {read.Balance.Total.Amount} instead of {model.Owed}");
            Assert.True((read.Balance.Fees.Amount, read.Balance.Interest.Amount, read.Balance.Principal.Amount) == ledger, $"{after}: the ledger says {ledger}");
            Assert.True(model.State == read.State, $"{after}: {read.State} instead of {model.State}");
        }
    }

    private sealed class Money(long amount, int day, Guid id)
    {
        public long Amount => amount;

        public int Day => day;

        public Guid Id { get; set; } = id;

        public string State { get; set; } = "Confirmed";

        /// <summary>What was booked first for the same money.</summary>
        public Money? SameAs { get; set; }

        public bool Stands => State == "Confirmed";

        public bool Counts => Stands && SameAs is not { Stands: true };
    }

    private sealed class Waived(long[] parts, int day)
    {
        public long[] Parts => parts;

        public int Day => day;

        public Guid Id { get; set; }

        public bool Stands { get; set; } = true;
    }

    /// <summary>What domain.md says of money and figures, as plainly as it can be written.</summary>
    private sealed class Model
    {
        private long[] figures = [100_000, 5_000, 500];
        private int? refreshed;
        private int firstDay;

        public List<Money> Reports { get; } = [];

        public List<Money> Payments { get; } = [];

        public List<Waived> Waivers { get; } = [];

        public AccountState State { get; private set; } = AccountState.Placed;

        public long Owed => Math.Max(0, figures.Select(LessWaived).Sum() - Reports.Concat(Payments).Where(money => money.Counts && !IsInFigures(money.Day)).Sum(money => money.Amount));

        public string Confirm(Money report, bool accept)
        {
            if (report.State != "Reported")
            {
                return $"repayment.is_{report.State.ToLowerInvariant()}";
            }

            if (!accept && !IsInFigures(report.Day) && report.Amount > Owed)
            {
                return "repayment.over_balance";
            }

            report.State = "Confirmed";
            return Settle();
        }

        public string Reverse(Money money)
        {
            if (!money.Stands)
            {
                return (Payments.Contains(money) ? "direct_payment.is_" : "repayment.is_") + money.State.ToLowerInvariant();
            }

            money.State = "Reversed";
            if (State == AccountState.Resolved && Owed > 0)
            {
                State = AccountState.Eligible;
            }

            return Settle();
        }

        public string Match(Money report, Money payment, string needed)
        {
            if (report.State != needed)
            {
                return $"repayment.is_{report.State.ToLowerInvariant()}";
            }

            if (report.Amount != payment.Amount || !payment.Stands || IsMatched(payment))
            {
                return "repayment.other_money";
            }

            (report.State, report.SameAs) = ("Confirmed", payment);
            return "done";
        }

        public (string Answer, Money? Booked) Book(long amount, int day, bool accept, Money? same)
        {
            if (same is not null ? !same.Stands || IsMatched(same) : !accept && !IsInFigures(day) && amount > Owed)
            {
                return (same is not null ? "repayment.other_money" : "repayment.over_balance", null);
            }

            var booked = new Money(amount, day, default) { SameAs = same };
            Payments.Add(booked);
            return (Settle(), booked);
        }

        public string Refresh(long amount, int day)
        {
            if (State == AccountState.Resolved)
            {
                return "account.is_resolved";
            }

            if (day < firstDay)
            {
                return "account.older_figures";
            }

            (figures, refreshed, firstDay) = ([amount - (amount / 10) - (amount / 5), amount / 5, amount / 10], day, day);
            return Settle();
        }

        public (string Answer, Waived? Waiver) Waive(long[] parts, int? asked, int today)
        {
            var first = refreshed + 1 ?? 0;
            var day = asked ?? Math.Max(first, today);
            if (State == AccountState.Resolved || day < first)
            {
                return (State == AccountState.Resolved ? "waiver.account_resolved" : "waiver.in_figures", null);
            }

            var waiver = new Waived(parts, day);
            Waivers.Add(waiver);
            return (Settle(), waiver);
        }

        public string Reverse(Waived waiver)
        {
            if (!waiver.Stands)
            {
                return "waiver.is_reversed";
            }

            waiver.Stands = false;
            State = State == AccountState.Resolved && Owed > 0 ? AccountState.Eligible : State;
            return Settle();
        }

        private long LessWaived(long owed, int bucket) => Math.Max(0, owed - Waivers.Where(waiver => waiver.Stands && !IsInFigures(waiver.Day)).Sum(waiver => waiver.Parts[bucket]));

        private bool IsMatched(Money money) => money.SameAs is { Stands: true } || Reports.Concat(Payments).Any(other => other.Stands && other.SameAs == money);

        private bool IsInFigures(int day) => day <= refreshed;

        private string Settle()
        {
            State = Owed == 0 ? AccountState.Resolved : State;
            return "done";
        }
    }
}
