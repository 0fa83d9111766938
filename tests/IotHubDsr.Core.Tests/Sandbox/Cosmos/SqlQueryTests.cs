using System.Text.Json;
using CsCheck;
using IotHubDsr.Sandbox.Cosmos.Query;

namespace IotHubDsr.Core.Tests.Sandbox.Cosmos;

/// <summary>The part of Cosmos DB's SQL that the sandbox knows.</summary>
public sealed class SqlQueryTests
{
    private const string Document = """
        {"id":"1","n":5,"s":"it's","t":true,"z":null,"o":{"a b":{"c":[1,"x",{"k":1,"m":2}]}},"value":"v","from":"f"}
        """;

    [Theory]
    [InlineData("c.n = 5")]
    [InlineData("c.n != 6")]
    [InlineData("c.n <> 6")]
    [InlineData("c.n > 4 AND c.n < 6 and c.n >= 5 AND c.n <= 5")]
    [InlineData("c.n = 1 OR c.n = 5")]
    [InlineData("c.missing = 1 OR c.n = 5")]
    [InlineData("NOT (c.n = 1) AND NOT c.n > 5")]
    [InlineData("c.s = 'it\\'s'")]
    [InlineData("c.s = \"it's\"")]
    [InlineData("c.s = \"it\\u0027s\"")]
    [InlineData("c[\"s\"] = @s")]
    [InlineData("c['o'][\"a b\"].c[1] = 'x'")]
    [InlineData("c.o[@name].c[0] = 1")]
    [InlineData("c.n IN (1, 5) AND c.n NOT IN (1, 2)")]
    [InlineData("IS_DEFINED(c.z) AND NOT IS_DEFINED(c.y) AND is_null(c.z)")]
    [InlineData("ARRAY_CONTAINS(c.o['a b'].c, 'x')")]
    [InlineData("ARRAY_CONTAINS(c.o['a b'].c, @part, true) AND NOT ARRAY_CONTAINS(c.o['a b'].c, @part)")]
    [InlineData("ARRAY_CONTAINS(['a', 'it\\'s'], c.s)")]
    [InlineData("c.t AND c.t = true")]
    [InlineData("c[\"value\"] = 'v' AND c.value = 'v' AND c.from = 'f'")]
    [InlineData("c.n = -1 OR c.n = 5.0e0")]
    [InlineData("STARTSWITH(c.s, 'it') AND IS_STRING(c.s) AND IS_OBJECT(c.o)")]
    public void Where_ThatHolds_Matches(string condition)
    {
        Assert.True(Parse($"SELECT * FROM c WHERE {condition}").Matches(Element(Document)));
        Assert.False(Parse($"SELECT * FROM c WHERE NOT ({condition})").Matches(Element(Document)));
    }

    [Theory]
    [InlineData("c.missing = c.missing")]
    [InlineData("c.missing != 1")]
    [InlineData("c.n = '5'")]
    [InlineData("c.n != '5'")]
    [InlineData("c.z < 1")]
    [InlineData("c.missing IN (1)")]
    [InlineData("c.n AND true")]
    [InlineData("ARRAY_CONTAINS(c.s, 'i')")]
    public void Where_ThatIsUndefined_MatchesNeitherAsItIsNorNegated(string condition)
    {
        Assert.False(Parse($"SELECT * FROM c WHERE {condition}").Matches(Element(Document)));
        Assert.False(Parse($"SELECT * FROM c WHERE NOT ({condition})").Matches(Element(Document)));
    }

    [Theory]
    [InlineData(
        "SELECT c.n, c.s AS text, c[\"o\"][\"a b\"] deep, c.missing FROM c",
        """{"n":5,"text":"it's","deep":{"c":[1,"x",{"k":1,"m":2}]}}"""
    )]
    [InlineData("SELECT VALUE c.n FROM c", "5")]
    [InlineData("SELECT VALUE c.missing FROM c", "")]
    [InlineData("SELECT x.n FROM root AS x", """{"n":5}""")]
    [InlineData("SELECT x.n, 7 FROM root x WHERE x.n = 5", """{"n":5,"$2":7}""")]
    public void Select_GivesWhatIsNamed(string query, string expected)
    {
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(bytes, options))
            Assert.Equal(expected.Length > 0, Parse(query).Write(writer, Element(Document)));

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Theory]
    [InlineData("SELECT * FROM c WHERE c.s = 'it''s'", "SC1001")]
    [InlineData("SELECT * FROM c WHERE c.s = 'open", "SC1001")]
    [InlineData("SELECT * FROM c WHERE c.s = 'a\\x'", "SC1001")]
    [InlineData("SELECT * FROM c WHERE", "SC1001")]
    [InlineData("SELECT * FROM c; DROP", "SC1001")]
    [InlineData("SELECT * FROM c WHERE c.n = 1 extra", "SC1001")]
    [InlineData("SELECT * FROM c WHERE c.n = 1e999", "SC1001")]
    [InlineData("SELECT * FROM c WHERE C.n = 1", "SC2001")]
    [InlineData("SELECT * FROM c WHERE c.n = @nobody", "SC2001")]
    [InlineData("SELECT * FROM c WHERE REGEX(c.n)", "SC2005")]
    [InlineData("SELECT * FROM c WHERE IS_DEFINED()", "SC2006")]
    [InlineData("DELETE FROM c", "SC1001")]
    [InlineData("SELECT c.n + FROM c", "SC1001")]
    [InlineData("", "SC1001")]
    public void Query_ThatIsNone_IsRefusedWithTheCodeOfTheCompiler(string query, string code) =>
        Assert.Equal(code, Assert.Throws<SqlRefusal>(() => Parse(query)).Code);

    [Theory]
    [InlineData("SELECT * FROM c JOIN d IN c.x", false)]
    [InlineData("SELECT * FROM d IN c.x", false)]
    [InlineData("SELECT * FROM c WHERE c.n BETWEEN 1 AND 2", false)]
    [InlineData("SELECT * FROM c WHERE c.s LIKE 'a%'", false)]
    [InlineData("SELECT * FROM c WHERE EXISTS (SELECT VALUE 1)", false)]
    [InlineData("SELECT VALUE SUM(c.n) FROM c", true)]
    [InlineData("SELECT DISTINCT c.n FROM c", true)]
    public void Query_WithMoreThanIsSimulated_SaysSo(string query, bool needsMerge) =>
        Assert.Equal(needsMerge, Assert.Throws<SqlNotSimulated>(() => Parse(query)).NeedsMerge);

    [Fact]
    public void Nesting_WithoutEnd_IsRefusedAndDoesNotOverflow() =>
        Assert.Throws<SqlRefusal>(() => Parse("SELECT * FROM c WHERE " + new string('(', 100_000)));

    /// <summary>Whatever a text has in it: quoted as JSON it is that text and no other, in either quotes and as a parameter.</summary>
    [Fact]
    public void Literal_OfAnyText_IsThatText() =>
        Gen.String.Sample(text =>
        {
            string json = JsonSerializer.Serialize(text);
            JsonElement document = Element($$"""{"s":{{json}},"other":"x"}""");
            string quoted = "'" + json[1..^1].Replace("'", "\\'", StringComparison.Ordinal) + "'";
            Assert.True(Parse($"SELECT * FROM c WHERE c.s = {json}").Matches(document));
            Assert.True(Parse($"SELECT * FROM c WHERE c.s = {quoted}").Matches(document));
            Assert.Equal(text == "x", Parse($"SELECT * FROM c WHERE c.other = {json}").Matches(document));
        });

    private static SqlQuery Parse(string query) =>
        SqlParser.Parse(
            query,
            new Dictionary<string, JsonElement>
            {
                ["@s"] = Element("\"it's\""),
                ["@name"] = Element("\"a b\""),
                ["@part"] = Element("""{"k":1}"""),
            }
        );

    private static JsonElement Element(string json) => JsonDocument.Parse(json).RootElement;
}
