using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using IotHubDsr.Core.Packages.Records;

namespace IotHubDsr.Core.Tests.Packages.Records;

public sealed class CsvTextTests
{
    private const string Formula = "=+-@＝＋－＠";

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Char["'\";,=+-@＝＠ \t\r\n\0\u007f\u0085\u00a0\u200b\u3000aé\\{[1"].Array[0, 14].Select(characters => new string(characters)),
        Gen.String.Select(text => new string([.. text.Where(c => !char.IsSurrogate(c))]))
    );

    [Fact]
    public void OfText_AnyText_CanBeTurnedBack() => Texts.Sample(text => CsvTable.TextOf(CellOf(CsvText.OfText(text))!) == text);

    [Fact]
    public void OfText_AnyText_BeginsNoFormulaAlsoWhereASpreadsheetSplitsAtOtherCharacters() =>
        Texts.Sample(text =>
        {
            string cell = CellOf(CsvText.OfText(text))!;
            return cell.All(c => !char.IsControl(c) || c is '\t' or '\r' or '\n')
                && cell.Split(';', '\t', '\r', '\n')
                    .All(part => part.Trim().Trim('\u200b') is not [var first, ..] || !Formula.Contains(first));
        });

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")")]
    [InlineData(" \u00a0=1+1", "' \u00a0=1+1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("\t=1", "'\t'=1")]
    [InlineData("-17", "'-17")]
    [InlineData("a;=cmd|' /C calc'!A0;b", "a;'=cmd|' /C calc'!A0;b")]
    [InlineData("'quoted", "''quoted")]
    [InlineData("a=b-c", "a=b-c")]
    [InlineData("\"x\"", "\"\\\"x\\\"\"")]
    [InlineData("a\0b", "\"a\\u0000b\"")]
    public void OfText_KnownTricks_AreDisarmed(string text, string cell) => Assert.Equal(cell, CellOf(CsvText.OfText(text)));

    [Fact]
    public void OfJson_AnyValue_IsTheSameValue() =>
        Texts
            .Array[0, 4]
            .Sample(texts =>
            {
                var value = new JsonObject
                {
                    ["list"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]),
                    [string.Concat(texts)] = -5,
                };
                string json = value.ToJsonString(
                    new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
                );
                string cell = CellOf(CsvText.OfJson(json))!;
                return JsonNode.DeepEquals(value, JsonNode.Parse(cell))
                    && !cell.Any(char.IsControl)
                    && cell.Split(';').Skip(1).All(part => part.Trim().Trim('\u200b') is not [var first, ..] || !Formula.Contains(first));
            });

    [Fact]
    public void OfText_ManyBlanks_TakesTimeThatGrowsWithTheTextOnly()
    {
        string text = string.Concat(Enumerable.Repeat("; \t \r", 100_000));

        string cell = CsvText.OfText(text);

        Assert.Equal(text, CsvTable.TextOf(CellOf(cell)!));
    }

    private static string? CellOf(string cell) => CsvTable.Read(Encoding.UTF8.GetBytes($"\uFEFF{cell}\r\n"))[0][0];
}
