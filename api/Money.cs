using FluentValidation;

namespace Agency.Api;

/// <summary>An amount of money: an integer count of the currency's minor units, so that nothing is ever rounded.</summary>
/// <param name="Amount">Minor units, as ISO 4217 counts them: fen for CNY, cents for USD, yen for JPY, fils (a thousandth) for KWD.</param>
/// <param name="Currency">ISO 4217 code in force.</param>
public sealed record Money(long Amount, string Currency);

/// <summary>What is owed on an account, by bucket. Each is zero or more.</summary>
/// <param name="Principal">The sum lent.</param>
/// <param name="Interest">Interest accrued.</param>
/// <param name="Fees">Fees and charges.</param>
/// <param name="Total">The three together.</param>
public sealed record Balance(Money Principal, Money Interest, Money Fees, Money Total)
{
    public static Balance Of(long principal, long interest, long fees, string currency) =>
        new(new(principal, currency), new(interest, currency), new(fees, currency), new(checked(principal + interest + fees), currency));
}

internal static class MoneyRules
{
    private const long Largest = 1_000_000_000_000_000;

    /// <summary>A positive amount in a currency that can exist.</summary>
    public static void MustBePositiveMoney<T>(this IRuleBuilderInitial<T, Money> money) => money.ChildRules(rules =>
    {
        rules.RuleFor(m => m.Amount).InclusiveBetween(1, Largest).WithErrorCode("amount.out_of_range");
        rules.RuleFor(m => m.Currency).IsCurrency();
    });

    /// <summary>An amount to add or to take off, in a currency that can exist.</summary>
    public static void MustBeMoneyEitherWay<T>(this IRuleBuilderInitial<T, Money> money) => money.ChildRules(rules =>
    {
        rules.RuleFor(m => m.Amount).Must(amount => amount is >= -Largest and <= Largest and not 0).WithErrorCode("amount.out_of_range");
        rules.RuleFor(m => m.Currency).IsCurrency();
    });

    public static IRuleBuilderOptions<T, string> IsCurrency<T>(this IRuleBuilder<T, string> code) =>
        code.Matches("^[A-Z]{3}\\z").WithErrorCode("currency.malformed").Must(IsInForceOrMalformed).WithErrorCode("currency.unknown");

    private static bool IsInForceOrMalformed(string code) => code is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z', >= 'A' and <= 'Z'] || Currencies.Digits.ContainsKey(code);
}
