using System.Data;
using Agency.Api.Data;
using Dapper;
using Microsoft.Data.SqlClient;

namespace Agency.Tests.Data;

public sealed class RowsTests
{
    // SQL Server takes a null without a type for text, and refuses text for a binary column.
    [Fact]
    public void A_null_goes_to_SQL_Server_with_its_type()
    {
        Assert.Equal(DbType.Binary, TypeOfNull(new Rows.IdColumn()));
        Assert.Equal(DbType.DateTime2, TypeOfNull(new Rows.InstantColumn()));
        Assert.Equal(DbType.Date, TypeOfNull(new Rows.DateColumn()));
    }

    private static DbType TypeOfNull(SqlMapper.ITypeHandler column)
    {
        var parameter = new SqlParameter("@value", null);
        column.SetValue(parameter, DBNull.Value);
        Assert.Equal(DBNull.Value, parameter.Value);
        return parameter.DbType;
    }
}
