using Agency.Api.Imports;

namespace Agency.Tests.Imports;

public sealed class RowRulesTests
{
    [Fact]
    public void A_full_row_becomes_an_account_with_values_in_normal_form()
    {
        var (account, faults) = Check(
            (Column.Phone, "+1 (202) 555-0123"), (Column.Email, "Someone@Example.INVALID"), (Column.IdNumber, "00000019900101027x"),
            (Column.Interest, "7"), (Column.CreditLimit, "0"), (Column.Currency, "TWD"), (Column.TimeZone, "Asia/Taipei"), (Column.City, " 臺北 "));
        Assert.Empty(faults);
        Assert.Equal(("+12025550123", "someone@example.invalid", "Asia/Taipei"), (account!.Phone, account.Email, account.TimeZone));
        Assert.Equal("臺北", account.City);
        Assert.Equal((100L, 7L, 0L, 0L), (account.Principal, account.Interest, account.Fees, account.CreditLimit));
    }

    [Fact]
    public void A_debtor_without_time_zone_is_in_Shanghai() => Assert.Equal("Asia/Shanghai", Check().Account!.TimeZone);

    [Theory]
    [InlineData("account_number", "", Fault.NumberMissing)]
    [InlineData("account_number", "   ", Fault.NumberMissing)]
    [InlineData("debtor_reference", "", Fault.ColumnMissing)]
    [InlineData("debtor_name", "", Fault.ColumnMissing)]
    [InlineData("principal", "", Fault.ColumnMissing)]
    [InlineData("oldest_due_date", "", Fault.ColumnMissing)]
    [InlineData("principal", "12.50", Fault.NotANumber)]
    [InlineData("principal", "1,250", Fault.NotANumber)]
    [InlineData("principal", "٣", Fault.NotANumber)]
    [InlineData("interest", "1e3", Fault.NotANumber)]
    [InlineData("principal", "99999999999999999999", Fault.TooLarge)]
    [InlineData("interest", "-1", Fault.Negative)]
    [InlineData("credit_limit", "-1", Fault.Negative)]
    [InlineData("principal", "0", Fault.BalanceNotPositive)]
    [InlineData("principal", "-5", Fault.BalanceNotPositive)]
    [InlineData("interest", "-100", Fault.BalanceNotPositive)]
    [InlineData("oldest_due_date", "30.09.2005", Fault.DateInvalid)]
    [InlineData("oldest_due_date", "2005-02-30", Fault.DateInvalid)]
    [InlineData("oldest_due_date", "2005-10-01", Fault.DateInFuture)]
    [InlineData("currency", "twd", Fault.CurrencyMismatch)]
    [InlineData("currency", "New Taiwan dollar", Fault.CurrencyMismatch)]
    [InlineData("time_zone", "Asia/Atlantis", Fault.TimeZoneUnknown)]
    [InlineData("time_zone", "China Standard Time", Fault.TimeZoneUnknown)]
    [InlineData("time_zone", "../etc/passwd", Fault.TimeZoneUnknown)]
    [InlineData("phone", "12345", Fault.PhoneInvalid)]
    [InlineData("phone", "call me", Fault.PhoneInvalid)]
    [InlineData("email", "nobody", Fault.EmailInvalid)]
    [InlineData("email", "a@b@example.invalid", Fault.EmailInvalid)]
    [InlineData("id_number", "000000199001010010", Fault.IdNumberInvalid)]
    [InlineData("id_number", "12", Fault.IdNumberInvalid)]
    [InlineData("debtor_name", "a\u0007b", Fault.FieldControl)]
    public void What_is_wrong_is_told_by_column_code_and_value(string column, string value, string code)
    {
        var (account, faults) = Check((Column.Find(column)!, value));
        var fault = Assert.Single(faults);
        Assert.Null(account);
        Assert.Equal(code, fault.Code);
        Assert.Equal(code == Fault.BalanceNotPositive ? "principal" : column, fault.Column);
        if (code != Fault.BalanceNotPositive && value.Trim().Length > 0)
        {
            Assert.Equal(value, fault.Value);
        }
    }

    [Fact]
    public void A_value_longer_than_its_column_is_told_once()
    {
        foreach (var column in Column.All.Where(column => !column.IsAmount && column != Column.Currency && column != Column.OldestDueDate))
        {
            var (_, faults) = Check((column, new string('7', column.MaxLength + 1)));
            Assert.Equal((column.Name, Fault.FieldTooLong), (Assert.Single(faults).Column, faults[0].Code));
        }
    }

    [Fact]
    public void A_row_with_several_mistakes_is_told_them_all()
    {
        var (_, faults) = Check((Column.AccountNumber, ""), (Column.Principal, "x"), (Column.Phone, "1"), (Column.OldestDueDate, "soon"));
        Assert.Equal([Fault.NumberMissing, Fault.NotANumber, Fault.DateInvalid, Fault.PhoneInvalid], faults.Select(fault => fault.Code));
    }

    [Theory]
    [InlineData("100 0000 0000", "CNY", "+8610000000000")]
    [InlineData("１００００００００００", "CNY", "+8610000000000")]
    [InlineData("10000000000", "CNY", "+8610000000000")]
    [InlineData("0086 100-0000-0000", "CNY", "+8610000000000")]
    [InlineData("8610000000000", "CNY", "+8610000000000")]
    [InlineData("0999-12345678", "CNY", "+8699912345678")]
    [InlineData("+86 0999 12345678", "CNY", "+8699912345678")]
    [InlineData("202-555-0123", "USD", "+12025550123")]
    [InlineData("(202) 555-0123", "USD", "+12025550123")]
    [InlineData("011 1 202 555 0123", "USD", "+12025550123")]
    [InlineData("0012025550123", "CNY", "+12025550123")]
    [InlineData("0012025550123", "EUR", "+12025550123")]
    [InlineData("020 7946 0123", "GBP", "+442079460123")]
    [InlineData("+44 (0)20 7946 0123", "CNY", "+442079460123")]
    public void Phones_are_written_one_way(string text, string currency, string normal) => Assert.Equal(normal, NormalForm.Phone(text, currency));

    [Theory]
    [InlineData("20 7946 0123", "EUR")]
    [InlineData("202-555-0123", "XOF")]
    [InlineData("+999 555 00123", "CNY")]
    [InlineData("+86 100 0000 0000 0000", "CNY")]
    [InlineData("+86 10000", "CNY")]
    [InlineData("100 0000 0000 ext 5", "CNY")]
    [InlineData("1-800-EXAMPLE", "USD")]
    [InlineData("+", "CNY")]
    [InlineData("((((", "CNY")]
    public void What_can_be_no_phone_is_none(string text, string currency) => Assert.Null(NormalForm.Phone(text, currency));

    [Fact]
    public void The_short_way_for_Chinese_mobile_numbers_ends_where_the_long_one_does()
    {
        for (var number = 0L; number < 1_000_000_000L; number += 3_333_331L)
        {
            foreach (var head in (string[])["10", "13", "14", "15", "16", "17", "18", "19"])
            {
                var text = $"{head}{number:000000000}";
                Assert.Equal("+86" + text, NormalForm.Phone(text, "CNY"));
                Assert.Equal("+86" + text, NormalForm.Phone($"{text[..3]} {text[3..]}", "CNY"));
                Assert.Equal("+86" + text, NormalForm.Phone($"+86 {text}", "USD"));
            }
        }
    }

    // The county 9999 is none, so that these belong to nobody.
    [Theory]
    [InlineData("11999919900101018", "11999919900101018")]
    [InlineData("81999919900101018", "81999919900101018")]
    [InlineData("91115619900101018", "91115619900101018")]
    public void A_Chinese_number_with_its_check_digit_is_taken(string first, string kept)
    {
        var number = first + ResidentNumber.CheckDigit(first);
        var (account, faults) = Check((Column.IdType, "cn_resident"), (Column.IdNumber, number.ToLowerInvariant()));
        Assert.Empty(faults);
        Assert.Equal(kept + number[17], account!.IdNumber);
    }

    [Fact]
    public void The_check_digit_is_the_standard_s() => Assert.Equal(('X', '4'), (ResidentNumber.CheckDigit("11010519491231002"), ResidentNumber.CheckDigit("44052418800101001")));

    [Fact]
    public void The_older_number_of_15_digits_is_kept_in_the_form_of_today()
    {
        var (account, _) = Check((Column.IdType, "cn_resident"), (Column.IdNumber, "119999900101018"));
        Assert.Equal("11999919900101018" + ResidentNumber.CheckDigit("11999919900101018"), account!.IdNumber);
    }

    [Theory]
    [InlineData("1199991990010101", Fault.IdNumberForm)]
    [InlineData("P1234567", Fault.IdNumberForm)]
    [InlineData("X19999199001010181", Fault.IdNumberForm)]
    [InlineData("009999199001010180", Fault.IdNumberRegion)]
    [InlineData("169999900101018", Fault.IdNumberRegion)]
    [InlineData("998856199001010180", Fault.IdNumberRegion)]
    [InlineData("119999199002300180", Fault.IdNumberBirthDate)]
    [InlineData("119999189912310180", Fault.IdNumberBirthDate)]
    [InlineData("119999200510010180", Fault.IdNumberBirthDate)]
    [InlineData("119999901301018", Fault.IdNumberBirthDate)]
    public void What_is_wrong_with_a_Chinese_number_is_told(string number, string code)
    {
        var (account, faults) = Check((Column.IdType, "cn_resident"), (Column.IdNumber, number));
        Assert.Null(account);
        Assert.Equal((Column.IdNumber.Name, code), (Assert.Single(faults).Column, faults[0].Code));
    }

    [Fact]
    public void Any_digit_that_is_mistyped_is_noticed_by_the_check_digit()
    {
        const string First = "11999919900101018";
        var number = First + ResidentNumber.CheckDigit(First);
        for (var place = 14; place < 18; place++)
        {
            foreach (var digit in "0123456789X".Where(digit => digit != number[place] && (digit != 'X' || place == 17)))
            {
                var (_, faults) = Check((Column.IdType, "cn_resident"), (Column.IdNumber, $"{number[..place]}{digit}{number[(place + 1)..]}"));
                Assert.Equal(Fault.IdNumberCheckDigit, Assert.Single(faults).Code);
            }
        }
    }

    [Fact]
    public void A_number_that_is_not_declared_Chinese_is_not_held_to_it()
    {
        Assert.Equal("119999199002300180", Check((Column.IdType, "other"), (Column.IdNumber, "119999199002300180")).Account!.IdNumber);
        Assert.Equal("119999901301018", Check((Column.IdNumber, "119999901301018")).Account!.IdNumber);
        Assert.Null(Check((Column.IdType, "cn_resident")).Account!.IdNumber);
        Assert.Equal(Fault.IdTypeUnknown, Assert.Single(Check((Column.IdType, "passport"), (Column.IdNumber, "P1234567")).Faults).Code);
    }

    [Fact]
    public void Every_code_has_its_message_in_both_languages()
    {
        foreach (var code in typeof(Fault).GetFields().Where(field => field is { IsLiteral: true, IsPublic: true }).Select(field => (string)field.GetRawConstantValue()!))
        {
            Assert.NotEqual(code, Fault.MessageOf(code, new("en")));
            Assert.NotEqual(Fault.MessageOf(code, new("en")), Fault.MessageOf(code, new("zh-CN")));
        }
    }

    private static (AccountRow? Account, List<Fault> Faults) Check(params (Column Column, string Value)[] changes)
    {
        var row = new FileRow(2)
        {
            [Column.AccountNumber] = "A1",
            [Column.DebtorReference] = "D1",
            [Column.DebtorName] = "甲",
            [Column.Principal] = "100",
            [Column.OldestDueDate] = "2005-08-15",
        };
        foreach (var (column, value) in changes)
        {
            row[column] = value;
        }

        return (new RowRules("TWD", ImportRig.AsOf).Check(row), row.Faults);
    }
}
