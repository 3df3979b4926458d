using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using CsCheck;

namespace Agency.Tests.Accounts;

/// <summary>
/// Random decisions on random repayments, each step compared with a model of a few lines: the balance, the ledger's sum and
/// the account's state always are the model's.
/// </summary>
public sealed class LedgerProperties
{
    private const int Sequences = 40;

    private static readonly Gen<long> Amounts = Gen.Frequency((3, Gen.Long[1, 120_000]), (1, Gen.OneOf(499L, 500L, 501L, 5_500L, 105_499L, 105_500L, 105_501L)));

    private static readonly Gen<(long[] Reported, (int Which, int Deed)[] Decisions)> Sequence =
        Gen.Select(Amounts.Array[2, 4], Gen.Select(Gen.Int[0, 3], Gen.Frequency((1, Gen.Const(0)), (3, Gen.Const(1)), (1, Gen.Const(2)), (3, Gen.Const(3)))).Array[4, 16]);

    [Fact]
    public async Task Balance_ledger_and_state_follow_the_model()
    {
        await using var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Alike", Currency = "CNY" });
        await story.Harbour.ImportAsync(portfolio.Id, Csv(), story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        var cases = await story.Swift.AllCasesAsync();

        // Under a fixed seed: the same every run, and an account of its own for each sequence.
        foreach (var (sequence, @case) in Sequence.Array[Sequences].Single(_ => true, "0N0XIzNsQ0O2").Zip(cases))
        {
            await FollowAsync(story, @case, sequence.Reported, sequence.Decisions);
        }
    }

    private static async Task FollowAsync(Story story, Case @case, long[] reported, (int Which, int Deed)[] decisions)
    {
        var repayments = new List<Repayment>();
        foreach (var amount in reported)
        {
            repayments.Add(await story.ReportAsync(amount, on: @case));
        }

        var model = new Model(reported);
        foreach (var (which, deed) in decisions.Select(d => (d.Which % reported.Length, d.Deed)))
        {
            var expected = model.Do(which, deed);
            Assert.Equal(expected, await DoAsync(story, repayments[which], deed));

            var account = await story.AccountAsync(@case.Account.Id);
            Assert.Equal((model.Owed.Fees, model.Owed.Interest, model.Owed.Principal), await story.OwedAsync(account.Id));
            Assert.Equal((model.Owed.Fees, model.Owed.Interest, model.Owed.Principal), (await story.LedgerAsync(account.Id)).Sum());
            Assert.Equal(model.State, account.State);
        }
    }

    private static async Task<string> DoAsync(Story story, Repayment repayment, int deed)
    {
        try
        {
            var done = await (deed switch
            {
                0 => story.ConfirmAsync(repayment),
                1 => story.ConfirmAsync(repayment, acceptOverpayment: true),
                2 => story.Harbour.Repayments.RejectAsync(repayment.Id, Deeds.Because),
                _ => story.ReverseAsync(repayment),
            });
            return done.State.ToString();
        }
        catch (AgencyException refusal)
        {
            return refusal.Code;
        }
    }

    private static string Csv() => "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n"
        + string.Concat(Enumerable.Range(1, Sequences).Select(n => string.Create(CultureInfo.InvariantCulture, $"P-{n},PD-{n},Example Debtor {n},100000,5000,500,2026-01-01\n")));

    /// <summary>What domain.md says of repayments and the ledger, as plainly as it can be written.</summary>
    private sealed class Model(long[] reported)
    {
        private readonly string[] states = [.. reported.Select(_ => "reported")];
        private readonly (long Fees, long Interest, long Principal)[] taken = new (long, long, long)[reported.Length];

        public (long Fees, long Interest, long Principal) Owed { get; private set; } = (500, 5_000, 100_000);

        public AccountState State { get; private set; } = AccountState.Placed;

        public string Do(int which, int deed)
        {
            var needed = deed == 3 ? "confirmed" : "reported";
            if (states[which] != needed)
            {
                return $"repayment.is_{states[which].ToLowerInvariant()}";
            }

            if (deed == 0 && reported[which] > Owed.Fees + Owed.Interest + Owed.Principal)
            {
                return "repayment.over_balance";
            }

            return states[which] = deed switch
            {
                2 => "rejected",
                3 => Reverse(which),
                _ => Confirm(which),
            };
        }

        private string Confirm(int which)
        {
            taken[which] = default;
            Take(which, reported[which]);
            State = Owed == (0, 0, 0) ? AccountState.Resolved : State;
            return "confirmed";
        }

        private void Take(int which, long rest)
        {
            var fees = Part(Owed.Fees);
            var interest = Part(Owed.Interest);
            var principal = Part(Owed.Principal);
            var before = taken[which];
            taken[which] = (before.Fees + fees, before.Interest + interest, before.Principal + principal);
            Owed = (Owed.Fees - fees, Owed.Interest - interest, Owed.Principal - principal);

            long Part(long owed)
            {
                var part = Math.Min(rest, owed);
                rest -= part;
                return part;
            }
        }

        private string Reverse(int which)
        {
            states[which] = "reversed";
            Owed = (Owed.Fees + taken[which].Fees, Owed.Interest + taken[which].Interest, Owed.Principal + taken[which].Principal);

            // What other money exceeded the balance by is used up, in the order in which it was reported.
            foreach (var other in Enumerable.Range(0, reported.Length).Where(other => states[other] == "confirmed"))
            {
                var (fees, interest, principal) = taken[other];
                Take(other, reported[other] - fees - interest - principal);
            }

            State = State == AccountState.Resolved && Owed != (0, 0, 0) ? AccountState.Eligible : State;
            return "reversed";
        }
    }
}
