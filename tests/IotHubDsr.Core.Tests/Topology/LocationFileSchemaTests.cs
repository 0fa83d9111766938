using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>The schema of location files that the module has: it says what the module reads.</summary>
public sealed class LocationFileSchemaTests
{
    private static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonObject s_schema = LocationFileSchema.Of(SinkCatalogue.OfModule.Kinds);

    /// <summary>Set to write the file anew after a kind was added.</summary>
    private static bool IsWritten => Environment.GetEnvironmentVariable("WRITE_LOCATION_SCHEMA") is not null;

    [Fact]
    public async Task File_OfTheModule_IsThatOfTheKinds()
    {
        string path = Path.Combine(RepositoryPaths.Root, "module", "LocationFile.schema.json");
        string expected = s_schema.ToJsonString(s_indented) + "\n";
        if (IsWritten)
            await File.WriteAllTextAsync(path, expected);

        Assert.Equal(expected, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void Entry_OfAnyKind_IsTakenByTheSchemaWhereItIsTakenByTheModule()
    {
        string[] members =
        [
            "",
            ",\"hubName\":\"old\"",
            ",\"consumerGroup\":\"ours\"",
            ",\"deviceIdColumn\":\"Id\"",
            ",\"dedicated\":\"made for it\"",
            ",\"exclude\":[{\"name\":\"a\",\"ground\":\"b\"}]",
            ",\"exclude\":[{\"name\":\"a\",\"prefix\":\"c\",\"ground\":\"b\"}]",
            ",\"own\":[{\"prefix\":\"a\",\"ground\":\"b\"}]",
            ",\"own\":[{\"prefix\":\"a\"}]",
            ",\"fileNameFormats\":[\"{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}\"]",
            ",\"fileNameFormats\":[\"{partition}\"]",
            ",\"plaice\":\"x\"",
            ",\"note\":\"x\"",
        ];
        int taken = 0;
        foreach (string kind in SinkCatalogue.OfModule.Kinds.All.Select(static kind => kind.Kind).Append("PowerBI"))
        {
            foreach (string place in (string[])[",\"place\":\"a/b/c\"", ",\"containerUri\":\"https://st.blob.core.windows.net/c\"", ""])
            {
                foreach (string more in members)
                {
                    string json = $$"""{"locations":[{"kind":"{{kind}}"{{place}}{{more}} }]}""";
                    bool isRead = IsRead(json);
                    Assert.True(isRead == Allows(s_schema, JsonNode.Parse(json)), $"{(isRead ? "Read" : "Refused")}: {json}");
                    taken += isRead ? 1 : 0;
                }
            }
        }

        Assert.InRange(taken, 50, 500);
    }

    private static bool IsRead(string json)
    {
        try
        {
            LocationFile.Parse("extra.json", Encoding.UTF8.GetBytes(json), SinkCatalogue.OfModule.Kinds, Cloud.Public);
            return true;
        }
        catch (DsrException)
        {
            return false;
        }
    }

    /// <summary>The keywords of JSON Schema that the schema uses; any other fails the test.</summary>
    private static bool Allows(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue all)
            return all.GetValue<bool>();
        JsonObject rules = schema!.AsObject();
        foreach ((string keyword, JsonNode? rule) in rules)
        {
            bool holds = keyword switch
            {
                "$schema" or "title" or "description" or "then" or "else" => true,
                "type" => rule!.GetValue<string>().Equals(value?.GetValueKind().ToString(), StringComparison.OrdinalIgnoreCase),
                "const" => JsonNode.DeepEquals(rule, value),
                "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
                "minLength" => value!.GetValue<string>().Length >= rule!.GetValue<int>(),
                "pattern" => Regex.IsMatch(value!.GetValue<string>(), rule!.GetValue<string>()),
                "required" => rule!.AsArray().All(name => value!.AsObject().ContainsKey(name!.GetValue<string>())),
                "properties" => rule!.AsObject().All(one => value!.AsObject()[one.Key] is not { } member || Allows(one.Value, member)),
                "additionalProperties" => value!.AsObject().All(one => rules["properties"]!.AsObject().ContainsKey(one.Key)),
                "items" => value!.AsArray().All(item => Allows(rule, item)),
                "allOf" => rule!.AsArray().All(one => Allows(one, value)),
                "anyOf" => rule!.AsArray().Any(one => Allows(one, value)),
                "oneOf" => rule!.AsArray().Count(one => Allows(one, value)) == 1,
                "not" => !Allows(rule, value),
                "if" => Allows(rule, value) ? Allows(rules["then"], value) : rules["else"] is not { } other || Allows(other, value),
                _ => throw new InvalidOperationException($"The test does not know '{keyword}'."),
            };
            if (!holds)
                return false;
        }

        return true;
    }
}
