//! The OpenAPI document's words in Chinese: programs read it in English, people in their own language.

/// The Chinese of a summary or description of the document.
pub fn in_chinese(english: &str) -> Option<&'static str> {
    // The document breaks its lines where the code does.
    let english = english.replace('\n', " ");
    Some(match english.as_str() {
        "Numbers of a region's schools" => "地区各校人数",
        "Today's, of each school." => "今天的人数，按学校列出。",
        "Send a list of official records" => "上报官方记录",
        "A spreadsheet, CSV, or JSON `{\"rows\": [{\"身份证号\": \"…\", \"类型\": \"密切接触者\", \"日期\": \"2020-09-16\"}]}` with the column titles of the import page. Everybody concerned is decided about before the answer." => {
            "表格、CSV 或 JSON：`{\"rows\": [{\"身份证号\": \"…\", \"类型\": \"密切接触者\", \"日期\": \"2020-09-16\"}]}`，列名与导入页面相同。返回之前，涉及的人都已重新判定。"
        }
        "Numbers of a school's classes" => "学校各班人数",
        "Today's, of each class." => "今天的人数，按班级列出。",
        "Send daily reports" => "上报每日健康",
        "They take the same way as the reports of the web page. Each has its own result: a wrong one does not keep the others out." => {
            "与网页上的报告走同一条路。每份各有结果：一份有错，不影响其他。"
        }
        "Send the roster of a school" => "更新学校名册",
        "A spreadsheet, CSV, or JSON `{\"rows\": [{\"学号\": \"20200317\", \"姓名\": \"王小明\", \"班级\": \"三(2)班\"}]}` with the column titles of the import page. Adds and changes; nobody is removed." => {
            "表格、CSV 或 JSON：`{\"rows\": [{\"学号\": \"20200317\", \"姓名\": \"王小明\", \"班级\": \"三(2)班\"}]}`，列名与导入页面相同。只增加和更改，不移除任何人。"
        }

        "The region's code by GB/T 2260, or CN." => "地区代码（GB/T 2260），或 CN。",
        "The region's code by GB/T 2260." => "地区代码（GB/T 2260）。",
        "The school's code." => "学校代码。",
        "The authority behind the list, as families read it." => {
            "名单由哪个单位提供，家长会看到这个名称。"
        }
        "What all rows are, where the list has no column for it." => {
            "名单没有“类型”一列时，所有行的类型。"
        }
        "A text, a number, true, false or null by column title. At most 199,999 rows of 256 columns together." => {
            "按列名写文字、数字、true、false 或 null。最多 199,999 行，合计最多 256 列。"
        }
        "Say what would change, and change nothing." => "只说明会有什么变化，不改动数据。",
        "The same name is the same answer for 24 hours, unless a report is to be sent again." => {
            "24 小时内，同名请求得到同一个回答；有报告需要重发时除外。"
        }
        "The same name is the same answer for 24 hours." => "24 小时内，同名请求得到同一个回答。",

        "Its numbers." | "The numbers." => "人数。",
        "Its name." => "名称。",
        "Its code." => "代码。",
        "Its classes with somebody in them." | "The classes with somebody in them." => {
            "有人的班级。"
        }
        "The school's name." => "学校名称。",
        "The region's name." => "地区名称。",
        "Today there." => "当地的今天。",
        "Today at these schools." => "这些学校的今天。",
        "All schools of the region, each on its own today." => "全地区学校合计，各按当地的今天。",
        "At most 1,000 schools of one time zone, by smallest region and code." => {
            "最多 1000 所同一时区的学校，按最小一级地区和代码排列。"
        }
        "The code of the last one, to ask for those after it; absent in the last answer." => {
            "最后一所的代码，用来再取后面的学校；最后一次回答中不出现。"
        }
        "Only schools after the one with this code." => "只要排在这个代码的学校之后的学校。",
        "On the roster." => "在册人数。",
        "Reported by guardians or themselves." => "家长或本人报告。",
        "Reported on paper." => "纸面报告。",
        "Reported by a teacher for them." => "老师代报。",
        "May attend." => "可返校。",
        "Observing." => "观察中。",
        "Isolating." => "隔离中。",
        "Neither reported nor under a colour." => "未报告，也没有颜色。",
        "Chinese." => "中文。",
        "English." => "英文。",

        "At most 1,000." => "最多 1,000 份。",
        "Chosen at random by the program, 32 hexadecimal digits: the same id is the same report, however often it comes, and whatever it says then. A new answer needs a new id." => {
            "由程序随机生成，32 位十六进制数：编号相同就是同一份报告，发多少次、内容有没有改都一样。新的回答要用新的编号。"
        }
        "The person's student number at the school." => "在该校的学号。",
        "The day that it speaks of, at the school." => "报告的是哪一天（学校当地）。",
        "The latest revision of that day that the program knows. A report that does not know of a later one never takes its place: the worse of both holds until the teacher has looked." => {
            "程序所知当天最新的版本号。不知道有更新版本的报告不会取代它：老师看过之前，以较重的为准。"
        }
        "Measured, in tenths of a degree Celsius, 340–430. Absent: below the threshold in force." => {
            "测得的体温，单位 0.1 摄氏度，340–430。不写：低于现行的发热界限。"
        }
        "Words of the rulebooks in force on that day." => "当天现行的各规则集里的症状名。",
        "When they began." => "从哪一天开始。",
        "Contacts, the household, stays and tests. Say what is so, each day if you like: what an earlier day has told is not added again, and what went on then ends when it is sent with its end. A later report of the same day has to say all of it again. At most 20." => {
            "接触、同住人、外出停留和检测。照实写，可以每天都写：前几天说过的不会重复加；原来还没结束的，带上结束日期再发就结束。同一天后来的报告要全部再写一遍。最多 20 条。"
        }
        "Words to the teacher, at most 500 characters." => "给老师的话，最多 500 字。",
        "How the family gave it." => "家庭从哪里报的。",
        "Confirmed, or suspected." => "确诊，或疑似。",
        "Somebody of the household." => "是同住的人。",
        "The last day of contact." => "最后接触的日期。",
        "Feels ill, has been told to isolate, or came back from elsewhere." => {
            "不舒服（symptoms）、被要求隔离（isolating），或从外地回来（returned）。"
        }
        "Since when." => "从哪一天起。",
        "When it ended, of what an earlier day has told; absent while it goes on." => {
            "前几天说过的，在哪一天结束；没有结束则不写。"
        }
        "The first day there." => "到达那里的日期。",
        "The last day there; absent while still there." => "离开的日期；仍在那里则不写。",
        "Only passed through without leaving the station." => "只是中转，没有出站。",
        "Positive, or negative." => "阳性，或阴性。",
        "The day of the sample." => "采样日期。",

        "One for each report, in their order." => "每份报告一个结果，顺序相同。",
        "The report's id." => "报告的编号。",
        "accepted; pending: it would weaken a yellow or red, and waits for the teacher; stale: it did not know of a later one; refused: it was not taken; retry: send it again with the same id; failed: it could not be kept, and sent again would fail again; tell whoever keeps the server." => {
            "accepted：已收下；pending：会减轻黄码或红码，等老师确认；stale：不知道有更新的版本；refused：没有收下；retry：请用同一编号再发；failed：没能保存，再发也一样，请告诉服务器管理员。"
        }
        "Its revision of that day, from 1." => "当天的第几版，从 1 开始。",
        "Why it was refused, or that it failed." => "为什么没有收下，或者没能保存。",
        "The field." => "哪一项。",
        "The stable code." => "不变的代码。",
        "The words for a person." => "给人看的说明。",

        "Records added." => "新增的记录数。",
        "Records that were there already." => "已经有的记录数。",
        "Records that were entered before and withdrawn; they stay withdrawn." => {
            "以前录入又撤销的记录数；仍是撤销。"
        }
        "Rows about people who are on no roster of the region." => "不在本地区任何名册上的行数。",
        "The rows that were left out." => "没有收下的行。",
        "The titles of columns that were not used: unknown, or of one meaning with another one." => {
            "没有用到的列名：不认识，或与另一列意思相同。"
        }
        "People whom the school did not have." => "学校原来没有的人数。",
        "People with other values than before, or who had left and are back." => {
            "内容有变化的人数，包括离校后又回来的。"
        }
        "People with the same values." => "内容没有变化的人数。",
        "People of the list's classes who are not in it. They stay." => {
            "名单所列班级里、但名单上没有的人数。他们仍在册。"
        }
        "The row, from 1; the titles are row 1." => "行号，从 1 开始；标题是第 1 行。",
        "The column's title." => "列名。",

        "What the list did." => "名单的处理结果。",
        "true: the answer to an earlier request of this name." => "true：这是以前同名请求的回答。",
        "Seconds to wait before asking again." => "过多少秒再问。",
        "What became of the reports." => "每份报告的结果。",
        "Seconds to wait before sending reports to `retry` again." => {
            "过多少秒再发结果为 retry 的报告。"
        }
        "It is not understood; `detail` says where." => "没有看懂；detail 说明在哪里。",
        "There is no key, or it has expired or was revoked." => "没有密钥，或密钥已到期、已吊销。",
        "There is no such school or region, or the key has no such right there." => {
            "没有这所学校或地区，或密钥没有这项权限。"
        }
        "It took too long." => "处理超时。",
        "The request of this name is still being worked on." => "同名的请求还在处理。",
        "It is too large." => "内容太大。",
        "It is of a kind that is not read." => "不支持这种内容。",
        "It is understood, but cannot be done; `code` says why." => {
            "看懂了，但不能做；code 说明原因。"
        }
        "Too many requests." => "请求太多。",
        "Too busy just now." => "现在太忙。",
        "It failed on our side; `reference` is its number in the log." => {
            "系统出错；reference 是日志里的编号。"
        }

        "`urn:fuxue:` and the stable code." => "`urn:fuxue:` 加不变的代码。",
        "The status of the answer." => "回答的状态码。",
        "The stable code, for programs." => "不变的代码，供程序使用。",
        "What is the matter, in the language that was asked for." => "出了什么事，用请求的语言写。",
        "Which part of the request it is about." => "请求的哪一部分。",
        "For whoever keeps the server: the number of the failed request in its log." => {
            "给服务器管理员：失败的请求在日志里的编号。"
        }
        _ => return None,
    })
}
