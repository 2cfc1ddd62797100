//! The privacy notice, for everybody.

use crate::tr;
use crate::ui::{Card, PhoneShell};
use crate::web::{Answer, Ctx, Islands};
use leptos::prelude::*;

/// The page.
pub async fn show(ctx: Ctx) -> Answer {
    let lang = ctx.lang;
    let title = tr!(lang, "隐私说明", "Privacy");
    let (heading, demo) = (title.clone(), ctx.demo());
    ctx.ok(&title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here="/privacy" title=heading back="/" demo=demo>
                <Card title=tr!(lang, "线上填报", "Reporting online")>{super::consent::text(lang)}</Card>
                <Card title=tr!(lang, "保存什么，凭什么", "What is kept, and on which ground")>
                    <div class="prose">
                        <h3>{tr!(lang, "学校名册", "The school's roster")}</h3>
                        <p>{tr!(lang, "姓名、班级、生日、证件号、监护人电话：来自学校，依据学校管理学生的职责。孩子离校后由学校删除。",
                            "Name, class, birth date, identity number, guardians' phones: from the school, as part of its duty towards its students. The school removes them when the child leaves.")}</p>
                        <h3>{tr!(lang, "每天的答案", "The daily answers")}</h3>
                        <p>{tr!(lang, "依据您的同意，按孩子、按用途，有版本；45 天后删除。不同意时只记“已查验，可以/不能到校”。",
                            "On your consent, per child and purpose, versioned; deleted after 45 days. Without consent only “checked: may or may not attend” is kept.")}</p>
                        <h3>{tr!(lang, "隔离和观察、官方记录", "Isolation, observation, official records")}</h3>
                        <p>{tr!(lang, "依据传染病防治的法定职责：日期、颜色、原因，保存到结束并过了复核期。撤回同意不会删除正在进行的隔离。",
                            "On the legal duty to control infectious disease: dates, colour, reason, kept until the end and the time for a review have passed. Withdrawing does not end a running isolation.")}</p>
                        <h3>{tr!(lang, "账号", "The account")}</h3>
                        <p>{tr!(lang, "您的称呼、登录名、密码的校验值（不能还原成密码）。家长连续 30 天不用会自动退出。",
                            "Your name, your login, and a check value of the password from which it cannot be recovered. An unused session ends after 30 days.")}</p>
                        <h3>{tr!(lang, "查看记录", "The access log")}</h3>
                        <p>{tr!(lang, "工作人员看了谁、改了什么都记下，您可以在孩子的页面查看。记录不能改、不能删。",
                            "Whom staff looked at and what they changed is written down; you find it on your child's page. It can be neither changed nor erased.")}</p>
                    </div>
                </Card>
                <Card title=tr!(lang, "怎样保护", "How it is protected")>
                    <div class="prose">
                        <p>{tr!(lang, "姓名、证件号、电话、答案、原因都加密保存，每个人一把密钥，再由单独存放的主密钥文件保护。备份里没有主密钥。删除一个人，就是销毁他的密钥，内容从此谁也打不开。",
                            "Names, identity numbers, phones, answers and reasons are stored encrypted, with a key for each person, wrapped by a key file that is kept apart. Backups never hold that file. Deleting a person destroys their key; nobody can open the content any more.")}</p>
                        <p>{tr!(lang, "颜色和日期不加密，用来计数。页面不放广告，不用第三方统计；只用两个必要的 Cookie：登录和语言。",
                            "Colours and dates are not encrypted, because they are counted. There is no advertising and no third-party statistics; two necessary cookies only: session and language.")}</p>
                    </div>
                </Card>
                <Card title=tr!(lang, "您可以", "What you can do")>
                    <ul class="prose">
                        <li>{tr!(lang, "查看每天的记录和原因；下载全部数据", "See each day and every reason; download all data")}</li>
                        <li>{tr!(lang, "更正当天的报告；之前的请联系班主任", "Correct today's report; for earlier days ask the class teacher")}</li>
                        <li>{tr!(lang, "撤回同意：答案马上删除，改为到校纸面查验", "Withdraw: the answers are deleted at once and the school checks on paper")}</li>
                        <li>{tr!(lang, "有疑问先问班主任或学校", "Ask the class teacher or the school first")}</li>
                    </ul>
                </Card>
            </PhoneShell>
        }
    })
}
