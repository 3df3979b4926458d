using Agency.Api.Imports;

namespace Agency.Tests.Imports;

public sealed class RowRulesTests
{
    [Fact]
    public void A_full_row_becomes_an_account_with_values_in_normal_form()
    {
        var (account, faults) = Check(
            (Column.Phone, "+999 (55) 500-123"), (Column.Email, "Someone@Example.INVALID"), (Column.IdNumber, "00000019900101027x"),
            (Column.Interest, "7"), (Column.CreditLimit, "0"), (Column.Currency, "TWD"), (Column.TimeZone, "Asia/Taipei"), (Column.City, " 臺北 "));
        Assert.Empty(faults);
        Assert.Equal(("+99955500123", "someone@example.invalid", "Asia/Taipei"), (account!.Phone, account.Email, account.TimeZone));
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
    [InlineData("100 0000 0000", "+8610000000000")]
    [InlineData("0999-12345678", "+8699912345678")]
    [InlineData("0099955500123", "+99955500123")]
    [InlineData("+99955500123", "+99955500123")]
    public void Phones_are_written_one_way(string text, string normal) => Assert.Equal(normal, NormalForm.Phone(text));

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
