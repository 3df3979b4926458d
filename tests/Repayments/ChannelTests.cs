using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

/// <summary>Where money may go, and who may pay it.</summary>
public sealed class ChannelTests
{
    private static readonly NewAgreementTerms Listed = new()
    {
        RepaymentChannels = [new() { Code = "counter", Name = "Harbour Bank", Account = "6200-0000" }, new() { Code = "online", Name = "Harbour Pay", Account = "https://pay.harbour.example" }],
    };

    // CN-CASH-01: no cash, no collector's own account: only the bank's listed repayment channels.
    [Theory]
    [InlineData(null)]
    [InlineData("cash")]
    [InlineData("Counter")]
    [InlineData("6200-0000")]
    public async Task Money_that_went_elsewhere_is_refused_by_rule(string? channel)
    {
        await using var story = await AtCaseAsync(Listed);

        var problem = await story.RefusesAsync(422, "repayment.channel_not_listed", () => ReportAsync(story, r => r.Channel = channel, "key"));

        Assert.Equal("CN-CASH-01", problem.Rule);
        Assert.Equal("online", (await ReportAsync(story, r => r.Channel = "online", "key")).Channel);
    }

    [Fact]
    public async Task Without_a_list_a_channel_is_neither_needed_nor_taken()
    {
        await using var story = await AtCaseAsync(new());

        await story.RefusesAsync(422, "repayment.channel_not_listed", () => ReportAsync(story, r => r.Channel = "cash"));
        Assert.Null((await ReportAsync(story, _ => { })).Channel);
    }

    [Fact]
    public async Task Elsewhere_than_in_China_it_is_the_agreement_s_rule_alone()
    {
        await using var story = await AtCaseAsync(new() { RulePack = RulePackCode.Us, RepaymentChannels = Listed.RepaymentChannels });

        Assert.Null((await story.RefusesAsync(422, "repayment.channel_not_listed", () => ReportAsync(story, r => r.Channel = "cash"))).Rule);
    }

    [Fact]
    public async Task The_list_is_that_of_the_version_that_the_case_runs_under()
    {
        await using var story = await AtCaseAsync(Listed);
        await story.Harbour.Agreements.ChangeAsync(story.Agreement.Id, ETag.Any, new AgreementChange { Title = "Another", ValidFrom = new DateOnly(2020, 1, 1), Terms = new() });

        Assert.Equal("counter", (await ReportAsync(story, r => r.Channel = "counter")).Channel);
    }

    [Fact]
    public async Task A_third_party_pays_with_consent_and_its_name_is_kept_from_view()
    {
        const string Name = "Paying Aunt";
        await using var story = await AtCaseAsync(new());
        await RefusesAsync("/payerConsent", r => (r.Payer, r.PayerName) = (Payer.ThirdParty, Name));
        await RefusesAsync("/payerName", r => (r.Payer, r.PayerConsent) = (Payer.ThirdParty, true));
        await RefusesAsync("/payerName", r => (r.Payer, r.PayerName) = (Payer.LiableParty, Name));

        var paid = await ReportAsync(story, r => (r.Payer, r.PayerConsent, r.PayerName) = (Payer.ThirdParty, true, Name));

        Assert.Equal(Payer.ThirdParty, paid.Payer);
        Assert.Matches("^P[*]+$", paid.PayerName);
        Assert.Equal(paid.PayerName, (await story.Harbour.Repayments.GetAsync(paid.Id)).PayerName);
        Assert.Equal("0", story.Service.Database.Scalar($"SELECT COUNT(*) FROM base_repayment WHERE instr(payer_cipher, CAST('{Name}' AS BLOB)) > 0"));
        Assert.Equal(Payer.LiableParty, (await ReportAsync(story, r => r.Payer = Payer.LiableParty)).Payer);

        var why = new RevealReason { Reason = "A receipt" };
        Assert.Equal(Name, (await story.Harbour.Repayments.RevealPayerAsync(paid.Id, why)).Name);
        Assert.Equal(Name, (await story.Swift.Repayments.RevealPayerAsync(paid.Id, why)).Name);
        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'repayment.payer_revealed' AND detail = 'A receipt'"));
        await story.HidesAsync("repayment.not_found", paid.Id, id => story.Lantern.Repayments.RevealPayerAsync(id, why));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Repayments.RevealPayerAsync(paid.Id, new RevealReason { Reason = "" }));

        await story.RecallAsync();
        Assert.Null((await story.Swift.Repayments.GetAsync(paid.Id)).PayerName);
        await story.RefusesAsync(409, "repayment.no_payer_name", () => story.Swift.Repayments.RevealPayerAsync(paid.Id, why));

        async Task RefusesAsync(string pointer, Action<NewRepayment> spoil) =>
            Assert.Equal(pointer, Assert.Single((await story.RefusesAsync(422, "request.invalid", () => ReportAsync(story, spoil))).Errors!).Pointer);
    }

    private static async Task<Story> AtCaseAsync(NewAgreementTerms terms)
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 30, terms);
        return story;
    }

    private static Task<Repayment> ReportAsync(Story story, Action<NewRepayment> with, string? key = null)
    {
        var repayment = new NewRepayment { Amount = Story.Cny(100), PaidOn = story.Today };
        with(repayment);
        return story.Swift.Repayments.CreateAsync(story.Case.Id, repayment, CallOptions.WithKey(key));
    }
}
