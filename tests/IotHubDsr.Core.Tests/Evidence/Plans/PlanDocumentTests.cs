using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

public sealed class PlanDocumentTests
{
    private const string Path = "a.plan.json";

    [Fact]
    public void Read_WhatWasWritten_IsThePlan() =>
        PlanGen.Plans.Sample(plan =>
        {
            ErasurePlan read = PlanDocument.Read(Path, PlanDocument.Write(plan));

            Assert.Equal(
                (
                    plan.HubHostName,
                    plan.HubResourceId,
                    plan.CreatedAt,
                    plan.IncludeRelayed,
                    plan.IncludeOldVersions,
                    Path,
                    PlanDocument.Seal(plan).Digest
                ),
                (read.HubHostName, read.HubResourceId, read.CreatedAt, read.IncludeRelayed, read.IncludeOldVersions, read.Path, read.Digest)
            );
            Assert.Equal((plan.DeleteEmptied, plan.LateRecords, plan.Scope), (read.DeleteEmptied, read.LateRecords, read.Scope));
            Assert.Equal((plan.SettleMessages, plan.Reprovisioning), (read.SettleMessages, read.Reprovisioning));
            Assert.Equal((plan.RewriteConfigurations, plan.HideNow), (read.RewriteConfigurations, read.HideNow));
            Assert.Equal(plan.Steps.Select(Facts), read.Steps.Select(Facts));
            Assert.Equal(plan.Steps.SelectMany(step => step.Finding.Items), read.Steps.SelectMany(step => step.Finding.Items));
            Assert.Equal(plan.Steps.SelectMany(step => step.Location.Provenance), read.Steps.SelectMany(step => step.Location.Provenance));
            Assert.Equal(
                plan.Steps.SelectMany(step => step.Location.Ways).Select(Facts),
                read.Steps.SelectMany(step => step.Location.Ways).Select(Facts)
            );
            Assert.Equal(plan.Steps.SelectMany(step => step.Location.Statements), read.Steps.SelectMany(step => step.Location.Statements));
        });

    [Fact]
    public void Write_Ways_AreWrittenWhereMoreIsKnownThanSentences()
    {
        ErasureStep step = PlanGen.Small.Steps[0];
        DataWay way = new()
        {
            Kind = DataWayKind.Route,
            Name = "all",
            Carries = ["DeviceMessages"],
            Target = "endpoint 'raw'",
        };
        DataLocation typed = step.Location with { Ways = [way, DataWay.Remark("a remark")] };
        ErasurePlan plan = PlanGen.Small with { Steps = [step with { Finding = step.Finding with { Location = typed } }] };

        string text = Encoding.UTF8.GetString(PlanDocument.Write(plan));

        Assert.Contains(
            """
            "provenance":["route 'all' (DeviceMessages) → endpoint 'raw'","a remark"],"ways":[{"carries":["DeviceMessages"],"kind":"Route","name":"all","target":"endpoint 'raw'"},{"kind":"Remark"}]
            """,
            text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\"ways\"", Encoding.UTF8.GetString(PlanDocument.Write(PlanGen.Small)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WaysWithoutTheirSentences_AreRefused()
    {
        ErasureStep step = PlanGen.Small.Steps[0];
        DataLocation typed = step.Location with { Ways = [new DataWay { Kind = DataWayKind.FileUpload, Target = "container 'c'" }] };
        ErasurePlan plan = PlanGen.Small with { Steps = [step with { Finding = step.Finding with { Location = typed } }] };
        string text = Encoding.UTF8.GetString(PlanDocument.Write(plan));
        string inner = text[text.IndexOf("\"plan\":", StringComparison.Ordinal)..][7..^1];
        string changed = inner.Replace("\"ways\":[{", "\"ways\":[{\"kind\":\"Remark\"},{", StringComparison.Ordinal);
        byte[] file = Encoding.UTF8.GetBytes($$"""{"digest":"{{Digests.Of(Encoding.UTF8.GetBytes(changed))}}","plan":{{changed}}}""");

        Assert.Equal(FaultCatalogue.InvalidPlan.Id, Assert.Throws<DsrException>(() => PlanDocument.Read(Path, file)).Fault.Id);
    }

    [Fact]
    public void Write_Statements_AreBoundByTheDigestAndLeftOutWhereThereAreNone()
    {
        DeviceDataFinding finding = PlanGen.Finding("dev1", 3);
        ErasurePlan plan = PlanGen.Small with
        {
            Steps =
            [
                new ErasureStep(
                    finding with
                    {
                        Location = finding.Location with
                        {
                            Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "one hub")],
                        },
                    },
                    ErasureAction.Erase
                ),
            ],
        };

        string file = Encoding.UTF8.GetString(PlanDocument.Write(plan));

        Assert.Contains("\"statements\":[{\"ground\":\"one hub\",\"kind\":\"DedicatedContainer\"}]", file, StringComparison.Ordinal);
        Assert.DoesNotContain("statements", Encoding.UTF8.GetString(PlanDocument.Write(PlanGen.Small)), StringComparison.Ordinal);
        AssertInvalid(() => PlanDocument.RequireSealed(PlanDocument.Seal(plan) with { Steps = PlanGen.Small.Steps }));
    }

    [Fact]
    public void Write_Plan_BindsTheDigestThatSha256OfThePlanGives()
    {
        string file = Encoding.UTF8.GetString(PlanDocument.Write(PlanGen.Small));
        string plan = file[(file.IndexOf("\"plan\":", StringComparison.Ordinal) + 7)..^1];
        string digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(plan))).ToLowerInvariant();

        Assert.StartsWith($$"""{"digest":"sha256:{{digest}}","plan":{""", file, StringComparison.Ordinal);
        Assert.Contains(
            "\"summary\":\"Erase: Device 'dev1' in RoutedBlobContainer a/b (3 records in 1 item, 300 bytes)\"",
            file,
            StringComparison.Ordinal
        );
    }

    // Plans as earlier versions saved them: about everything, before and after there was the choice to delete emptied blobs.
    [Theory]
    [InlineData(
        """
            {"digest":"sha256:af6a980c6b388cf5808f54af46648ca25a6f7892f59bf878cb421ce6297cdca3","plan":{"createdAt":"2026-03-01T12:00:00.0000000Z","format":"IotHubDsr erasure plan 1","hub":{"hostName":"contoso-hub.azure-devices.net","resourceId":"/subscriptions/s/hub"},"options":{"includeOldVersions":false,"includeRelayed":true},"steps":[]}}
            """,
        null
    )]
    [InlineData(
        """
            {"digest":"sha256:081e06bb6d99d9dbfa1dba38a2ac9b920c66d694f12007fcd00333e33b9a4c27","plan":{"createdAt":"2026-03-01T12:00:00.0000000Z","format":"IotHubDsr erasure plan 1","hub":{"hostName":"contoso-hub.azure-devices.net","resourceId":"/subscriptions/s/hub"},"options":{"deleteEmptied":false,"includeOldVersions":false,"includeRelayed":true},"steps":[]}}
            """,
        false
    )]
    public void Read_PlanOfAnEarlierVersion_IsReadAndWrittenAsItWas(string file, bool? deleteEmptied)
    {
        ErasurePlan read = PlanDocument.Read(Path, Encoding.UTF8.GetBytes(file));

        Assert.Equal((deleteEmptied, RecordScope.All), (read.DeleteEmptied, read.Scope));
        Assert.Equal(file, Encoding.UTF8.GetString(PlanDocument.Write(read)));
        Assert.Same(read, PlanDocument.RequireSealed(read));
    }

    [Fact]
    public void Write_Scope_IsBoundByTheDigestAndSaysOnlyWhatNarrows()
    {
        ErasurePlan plan = PlanGen.Small with
        {
            Erasure = new ErasureOptions
            {
                Scope = new RecordScope { EndTime = new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.FromHours(2)) },
            },
        };

        string file = Encoding.UTF8.GetString(PlanDocument.Write(plan));

        Assert.Contains("\"scope\":{\"endTime\":\"2026-03-01T00:00:00.0000000Z\"}", file, StringComparison.Ordinal);
        Assert.DoesNotContain("scope", Encoding.UTF8.GetString(PlanDocument.Write(PlanGen.Small)), StringComparison.Ordinal);
        AssertInvalid(() => PlanDocument.RequireSealed(PlanDocument.Seal(plan) with { Erasure = ErasureOptions.OwnAndCurrent }));
    }

    [Fact]
    public void Write_SaltedPlan_NamesItsHubInEachStepAndIsReadBack()
    {
        ErasureStep step = PlanGen.Small.Steps[0];
        ErasurePlan plan = PlanDocument.Seal(
            PlanGen.Small with
            {
                Salt = PlanSalt.Make(),
                Steps =
                [
                    step with
                    {
                        Finding = step.Finding with
                        {
                            HubHostName = PlanGen.Small.HubHostName,
                            HubResourceId = PlanGen.Small.HubResourceId,
                        },
                    },
                ],
            }
        );

        ErasurePlan read = PlanDocument.Read(Path, PlanDocument.Write(plan));

        Assert.Equal((plan.Salt, plan.Digest), (read.Salt, read.Digest));
        Assert.StartsWith("Device 'dev1' of contoso-hub.azure-devices.net in ", read.Steps[0].Target, StringComparison.Ordinal);
        Assert.Equal(plan.HubResourceId, read.Steps[0].HubResourceId);
        Assert.NotEqual(plan.Digest, PlanDocument.Seal(plan with { Salt = PlanSalt.Make() }).Digest);
    }

    [Fact]
    public void Read_AnyBitFlipped_IsRefused()
    {
        byte[] file = PlanDocument.Write(PlanGen.Small);
        for (int i = 0; i < file.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. file];
                flipped[i] ^= (byte)(1 << bit);
                AssertInvalid(flipped);
            }
        }
    }

    [Fact]
    public void Read_AnyByteLostOrAdded_IsRefused()
    {
        byte[] file = PlanDocument.Write(PlanGen.Small);
        for (int i = 0; i < file.Length; i++)
        {
            AssertInvalid([.. file[..i], .. file[(i + 1)..]]);
            AssertInvalid([.. file[..i], (byte)' ', .. file[i..]]);
            AssertInvalid(file[..i]);
        }

        AssertInvalid([.. file, (byte)'\n']);
    }

    [Theory]
    // What a person may do who computes the digest anew: still no plan of this version.
    [InlineData("steps/0/action", "\"1\"")]
    [InlineData("steps/0/action", "\"erase\"")]
    [InlineData("steps/0/action", "\"Purge\"")]
    [InlineData("steps/0/verdict", "\"99\"")]
    [InlineData("steps/0/verdict", "\"99999999999999999999\"")]
    [InlineData("steps/0/verdict", "\"Present, Absent\"")]
    [InlineData("steps/0/records", "1e30")]
    [InlineData("steps/0/records", "1.5")]
    [InlineData("steps/0/records", "\"3\"")]
    [InlineData("steps/0/records", "9223372036854775807")]
    [InlineData("steps/0/deviceId", "null")]
    [InlineData("steps/0/deviceId", "7")]
    [InlineData("steps/0/summary", "\"None: nothing will be erased\"")]
    [InlineData("steps/0/extra", "1")]
    [InlineData("steps", "{}")]
    [InlineData("steps", "[[]]")]
    [InlineData("hub", "[]")]
    [InlineData("createdAt", "\"yesterday\"")]
    [InlineData("format", "\"IotHubDsr erasure plan 2\"")]
    [InlineData("options/scope", "{}")]
    [InlineData("options/scope", "null")]
    [InlineData("options/scope", "{\"generationId\":null}")]
    [InlineData("options/scope", "{\"includeMentioned\":false}")]
    [InlineData("options/scope", "{\"startTime\":\"2026-03-01\"}")]
    [InlineData("options/scope", "{\"generationId\":\"638\",\"tenant\":\"x\"}")]
    [InlineData("options/deleteEmptied", "null")]
    [InlineData("salt", "null")]
    [InlineData("salt", "\"\"")]
    [InlineData("salt", "\"0123456789abcdef\"")]
    [InlineData("salt", "\"ghijklmnopqrstuvwxyzghijklmnopqrstuvwxyz\"")]
    public void Read_ForgedMember_IsRefused(string member, string value) =>
        AssertInvalid(
            Forged(plan =>
            {
                string[] path = member.Split('/');
                JsonNode parent = path[..^1]
                    .Aggregate((JsonNode)plan, (node, name) => int.TryParse(name, out int index) ? node[index]! : node[name]!);
                parent[path[^1]] = JsonNode.Parse(value);
            })
        );

    [Fact]
    public void Read_ForgedSecondStepOfOneDeviceAndLocation_IsRefused() =>
        AssertInvalid(Forged(plan => plan["steps"]!.AsArray().Add(plan["steps"]![0]!.DeepClone())));

    [Fact]
    public void Read_DigestComputedAnew_IsReadSinceItIsNoSignature() =>
        Assert.Equal("other-hub", PlanDocument.Read(Path, Forged(plan => plan["hub"]!["hostName"] = "other-hub")).HubHostName);

    [Fact]
    public void Read_HostileInput_IsRefused()
    {
        AssertInvalid([]);
        AssertInvalid("null"u8.ToArray());
        AssertInvalid("[]"u8.ToArray());
        AssertInvalid("{}"u8.ToArray());
        AssertInvalid("""{"digest":"","plan":{}}"""u8.ToArray());
        AssertInvalid("""{"digest":null,"plan":null}"""u8.ToArray());
        AssertInvalid("""{"digest":"","digest":"","plan":{}}"""u8.ToArray());
        AssertInvalid("""{"digest":"\ud800","plan":{}}"""u8.ToArray());
        AssertInvalid("""{"\udc00":1}"""u8.ToArray());
        AssertInvalid([.. "{\"digest\":\""u8, 0xff, 0xfe, .. "\",\"plan\":{}}"u8]);
        AssertInvalid([0xef, 0xbb, 0xbf, .. PlanDocument.Write(PlanGen.Small)]);
        AssertInvalid("""{"digest":"","plan":1e999}"""u8.ToArray());
        AssertInvalid(Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)));
        AssertInvalid(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"plan\":", 100_000))));
        AssertInvalid(Encoding.UTF8.GetBytes($"[{new string('9', 1_000_000)}]"));
    }

    [Fact]
    public void RequireSealed_PlanThatWasSetByHand_IsRefused()
    {
        ErasurePlan plan = PlanDocument.Seal(PlanGen.Small);

        Assert.Same(plan, PlanDocument.RequireSealed(plan));
        AssertInvalid(() => PlanDocument.RequireSealed(plan with { Steps = [plan.Steps[0] with { Action = ErasureAction.None }] }));
        AssertInvalid(() => PlanDocument.RequireSealed(plan with { Erasure = plan.Erasure with { IncludeRelayed = true } }));
        AssertInvalid(() => PlanDocument.RequireSealed(plan with { Digest = string.Empty }));
    }

    /// <summary>A file in canonical form, with the right digest of a content that was changed.</summary>
    private static byte[] Forged(Action<JsonObject> change)
    {
        var file = (JsonObject)JsonNode.Parse(PlanDocument.Write(PlanGen.Small))!;
        change((JsonObject)file["plan"]!);
        byte[] plan = CanonicalJson.Write(JsonSerializer.SerializeToElement(file["plan"]));
        file["digest"] = $"sha256:{Convert.ToHexString(SHA256.HashData(plan)).ToLowerInvariant()}";
        return CanonicalJson.Write(JsonSerializer.SerializeToElement(file));
    }

    private static void AssertInvalid(byte[] file) => AssertInvalid(() => PlanDocument.Read(Path, file));

    private static void AssertInvalid(Func<object> read) => Assert.Equal("InvalidPlan", Assert.Throws<DsrException>(read).Fault.Id);

    private static object Facts(ErasureStep step) =>
        (
            step.DeviceId,
            step.Finding.GenerationId,
            step.Action,
            step.Finding.Verdict,
            (step.Location.Id, step.Location.Kind, step.Location.Place),
            step.Finding.RecordCount,
            step.Finding.RelayedCount,
            (step.Finding.OldCopyCount, step.Finding.ByteCount)
        );

    private static string Facts(DataWay way) =>
        $"{way.Kind}|{way.Name}|{way.Carries}|{way.Condition}|{way.Target}|{way.IsEnabled}|{(way.Kind == DataWayKind.Remark ? "" : way.Note)}|{way.Sentence}|{way.Title}";
}
