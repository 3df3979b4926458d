using System.Globalization;
using Agency.Api;
using Agency.Portal.Language;
using Agency.Sdk;
using Agency.Tests.Support;
using Money = Agency.Sdk.Money;

namespace Agency.Tests.Accounts;

/// <summary>Currencies by ISO 4217: which there are, and how many digits their minor units have.</summary>
public sealed class CurrencyTests
{
    [Theory]
    [InlineData("JPY", 0)]
    [InlineData("KRW", 0)]
    [InlineData("VND", 0)]
    [InlineData("CNY", 2)]
    [InlineData("TWD", 2)]
    [InlineData("USD", 2)]
    [InlineData("EUR", 2)]
    [InlineData("KWD", 3)]
    [InlineData("BHD", 3)]
    [InlineData("TND", 3)]
    public void The_table_knows_the_digits(string code, int digits) => Assert.Equal(digits, Currencies.Digits[code]);

    // Withdrawn, funds, metals, tests and no codes at all.
    [Theory]
    [InlineData("HRK")]
    [InlineData("BGN")]
    [InlineData("ANG")]
    [InlineData("ZWL")]
    [InlineData("CHE")]
    [InlineData("XAU")]
    [InlineData("XXX")]
    [InlineData("RMB")]
    public async Task A_code_that_is_not_in_force_is_refused(string code)
    {
        await using var story = await Story.AtTenantsAsync();

        var problem = await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Old", Currency = code }));

        Assert.Equal(("/currency", "currency.unknown"), (Assert.Single(problem.Errors!).Pointer, problem.Errors!.Single().Code));
    }

    [Fact]
    public void The_portal_writes_every_currency_with_its_digits()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        Assert.True(Currencies.Digits.Count > 140);
        Assert.All(Currencies.Digits, currency =>
        {
            var written = Formats.Money(new Money { Amount = 1_234_567, Currency = currency.Key });
            Assert.EndsWith(currency.Value switch { 0 => "1,234,567", 2 => "12,345.67", _ => "1,234.567" }, written, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("JPY")]
    [InlineData("KWD")]
    public async Task An_amount_is_the_same_count_of_minor_units_from_file_to_ledger(string currency)
    {
        await using var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Abroad", Currency = currency });
        await story.Harbour.ImportAsync(portfolio.Id, $"account_number,debtor_reference,debtor_name,currency,principal,oldest_due_date\nX-1,D-1,Example One,{currency},1234567,2026-01-01\n", story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddDays(9) });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        var worked = Assert.Single(await story.Swift.AllCasesAsync());
        var repayment = await story.Swift.Repayments.CreateAsync(worked.Id, new NewRepayment { Amount = new Money { Amount = 1, Currency = currency }, PaidOn = story.Today });
        await story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation());

        Assert.Equal((1_234_566L, currency), ((await story.AccountAsync(worked.Account.Id)).Balance.Total.Amount, (await story.AccountAsync(worked.Account.Id)).Balance.Total.Currency));
        Assert.Equal(1_234_566, (await story.LedgerAsync(worked.Account.Id)).Sum(entry => entry.Amount.Amount));
    }
}
