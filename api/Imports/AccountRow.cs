using System.Globalization;

namespace Agency.Api.Imports;

/// <summary>A row that is fit to become an account: every value checked and in its normal form.</summary>
internal sealed record AccountRow(
    long Line,
    string AccountNumber,
    string DebtorReference,
    string DebtorName,
    string? IdNumber,
    string TimeZone,
    string? Phone,
    string? Email,
    string? Address,
    string? Product,
    long? CreditLimit,
    long Principal,
    long Interest,
    long Fees,
    DateOnly OldestDueDate,
    string? City);

/// <summary>What a row must be, given the portfolio's currency, the day the file is of and what it may do.</summary>
internal sealed class RowRules(string currency, DateOnly asOf, ImportMode mode = ImportMode.New)
{
    private const string DefaultTimeZone = "Asia/Shanghai";

    // A thousand such accounts a bank still add up within 64 bits.
    private const long MaxAmount = 1_000_000_000_000_000;

    /// <summary>Checks a row; what is wrong with it is added to its faults.</summary>
    /// <returns>Null when anything is.</returns>
    public AccountRow? Check(FileRow row) => row.Faults.Count > 0 ? null : CheckValues(row);

    private AccountRow? CheckValues(FileRow row)
    {
        CheckTexts(row);
        var (principal, interest, fees) = CheckBalance(row);
        var limit = Amount(row, Column.CreditLimit);
        RequireNotNegative(row, Column.CreditLimit, limit);
        var due = CheckDate(row);
        CheckCurrency(row);
        var zone = Normal(row, Column.TimeZone, NormalForm.TimeZone, Fault.TimeZoneUnknown) ?? DefaultTimeZone;
        var phone = Normal(row, Column.Phone, text => NormalForm.Phone(text, currency), Fault.PhoneInvalid);
        var email = Normal(row, Column.Email, NormalForm.Email, Fault.EmailInvalid);
        var idNumber = CheckIdNumber(row);
        return row.Faults.Count > 0 ? null : new AccountRow(
            row.Line,
            row[Column.AccountNumber]!,
            row[Column.DebtorReference]!,
            row[Column.DebtorName]!,
            idNumber,
            zone,
            phone,
            email,
            row[Column.Address],
            row[Column.Product],
            limit,
            principal!.Value,
            interest ?? 0,
            fees ?? 0,
            due,
            row[Column.City]);
    }

    private static void CheckTexts(FileRow row)
    {
        foreach (var column in Column.All)
        {
            var value = row[column];
            if (value is null && column.Required)
            {
                row.Faults.Add(Fault.At(column, column == Column.AccountNumber ? Fault.NumberMissing : Fault.ColumnMissing));
            }
            else if (value?.Length > column.MaxLength && column != Column.OldestDueDate && column != Column.Currency && !column.IsAmount)
            {
                row.Faults.Add(Fault.At(column, Fault.FieldTooLong, value));
            }
            else if (value is not null && value.Any(c => char.IsControl(c) && !(column == Column.Address && c is '\r' or '\n' or '\t')))
            {
                row.Faults.Add(Fault.At(column, Fault.FieldControl, value));
            }
        }
    }

    // A balance that is not positive is told as that alone, whichever bucket is below zero: there is nothing to collect. An account
    // that is known may have come to owe nothing; whether it is known is seen later.
    private (long? Principal, long? Interest, long? Fees) CheckBalance(FileRow row)
    {
        var faults = row.Faults.Count;
        var principal = Amount(row, Column.Principal);
        var interest = Amount(row, Column.Interest);
        var fees = Amount(row, Column.Fees);
        if (principal is null || row.Faults.Count > faults)
        {
            return default;
        }

        if (principal + (interest ?? 0) + (fees ?? 0) < (mode == ImportMode.New ? 1 : 0))
        {
            row.Faults.Add(Fault.At(Column.Principal, Fault.BalanceNotPositive, row[Column.Principal]));
            return default;
        }

        RequireNotNegative(row, Column.Principal, principal);
        RequireNotNegative(row, Column.Interest, interest);
        RequireNotNegative(row, Column.Fees, fees);
        return (principal, interest, fees);
    }

    private static long? Amount(FileRow row, Column column)
    {
        if (row[column] is not { } text)
        {
            return null;
        }

        if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
        {
            row.Faults.Add(Fault.At(column, Fault.NotANumber, text));
            return null;
        }

        if (Int128.Abs(amount) > MaxAmount)
        {
            row.Faults.Add(Fault.At(column, Fault.TooLarge, text));
            return null;
        }

        return (long)amount;
    }

    private static void RequireNotNegative(FileRow row, Column column, long? amount)
    {
        if (amount < 0)
        {
            row.Faults.Add(Fault.At(column, Fault.Negative, row[column]));
        }
    }

    private DateOnly CheckDate(FileRow row)
    {
        if (row[Column.OldestDueDate] is not { } text)
        {
            return default;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year < 1900)
        {
            row.Faults.Add(Fault.At(Column.OldestDueDate, Fault.DateInvalid, text));
        }
        else if (date > asOf)
        {
            row.Faults.Add(Fault.At(Column.OldestDueDate, Fault.DateInFuture, text));
        }

        return date;
    }

    // Only what is declared Chinese is held to all that such a number says: other countries have numbers that look alike.
    private string? CheckIdNumber(FileRow row)
    {
        switch (row[Column.IdType])
        {
            case null:
                return Normal(row, Column.IdNumber, NormalForm.IdNumber, Fault.IdNumberInvalid);
            case "other":
                return Normal(row, Column.IdNumber, NormalForm.OtherNumber, Fault.IdNumberInvalid);
            case "cn_resident":
                return row[Column.IdNumber] is { } text && text.Length <= Column.IdNumber.MaxLength ? CheckResident(row, text) : null;
            case { Length: var length } when length > Column.IdType.MaxLength:
                return null;
            case var type:
                row.Faults.Add(Fault.At(Column.IdType, Fault.IdTypeUnknown, type));
                return null;
        }
    }

    private string? CheckResident(FileRow row, string text)
    {
        var (number, fault) = ResidentNumber.Check(text, asOf);
        if (fault is not null)
        {
            row.Faults.Add(Fault.At(Column.IdNumber, fault, text));
        }

        return number;
    }

    private void CheckCurrency(FileRow row)
    {
        if (row[Column.Currency] is { } text && text != currency)
        {
            row.Faults.Add(Fault.At(Column.Currency, Fault.CurrencyMismatch, text));
        }
    }

    private static string? Normal(FileRow row, Column column, Func<string, string?> normalise, string code)
    {
        if (row[column] is not { } text || text.Length > column.MaxLength)
        {
            return null;
        }

        var normal = normalise(text);
        if (normal is null)
        {
            row.Faults.Add(Fault.At(column, code, text));
        }

        return normal;
    }
}
